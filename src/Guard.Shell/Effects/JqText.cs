namespace Guard.Shell.Effects;

/// <summary>What a jq program reads besides its input: the environment (<c>env</c>, <c>$ENV</c>) and modules; and yq, whose programs load files.</summary>
internal static class JqText
{
    public static void Read(EffectSink sink, Argument program, int word)
    {
        if (!program.IsKnown)
        {
            // An unknown program cannot write or start anything; it may read the environment.
            sink.Environment(Argument.Unknown, word);
            return;
        }

        string text = program.Text;
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == '"' && !Interpolates(text, at, out int end))
            {
                at = end;
            }
            else if (StartsWord(text, at) && Name(text, at) is { } name)
            {
                if (name is "env" or "ENV")
                {
                    int behind = at + name.Length;
                    string variable = behind < text.Length && text[behind] == '.' ? Name(text, behind + 1) ?? "*" : "*";
                    sink.Environment(Argument.Of(variable), word);
                }
                else if (name is "strenv" or "envsubst")
                {
                    sink.Environment(Argument.Of("*"), word);
                }
                else if (name is "load" or "load_str" or "load_xml" or "load_props" or "load_base64")
                {
                    sink.File(Loaded(text, at + name.Length), ValueUse.Names["read"], word, isImplicit: false, operand: false);
                }
                else if (name is "system" && text.AsSpan(at + name.Length).TrimStart().StartsWith('('))
                {
                    sink.Opaque.Add(new OpaqueReason("yq-system", word));
                }
                else if (name is "import" or "include")
                {
                    sink.Opaque.Add(new OpaqueReason("jq-module", word));
                }

                at += name.Length - 1;
            }
        }
    }

    /// <summary>The file in <c>load("x")</c>; a name that is computed is not known.</summary>
    private static Argument Loaded(string text, int at)
    {
        string call = text[at..].TrimStart();
        if (call.Length == 0 || call[0] != '(')
        {
            return Argument.Unknown;
        }

        string name = call[1..].TrimStart();
        int end = name.Length > 1 && name[0] == '"' ? name.IndexOf('"', 1) : -1;
        return end > 0 && !name.AsSpan(0, end).Contains('\\') && name[(end + 1)..].TrimStart().StartsWith(')') ? Argument.Of(name[1..end]) : Argument.Unknown;
    }

    private static bool StartsWord(string text, int at) =>
        (char.IsAsciiLetter(text[at]) || text[at] == '_') && (at == 0 || !(char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.'));

    private static string? Name(string text, int at)
    {
        int end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end > at ? text[at..end] : null;
    }

    private static bool Interpolates(string text, int at, out int end)
    {
        bool interpolates = false;
        for (end = at + 1; end < text.Length && text[end] != '"'; end++)
        {
            if (text[end] == '\\')
            {
                interpolates |= end + 1 < text.Length && text[end + 1] == '(';
                end++;
            }
        }

        return interpolates;
    }
}
