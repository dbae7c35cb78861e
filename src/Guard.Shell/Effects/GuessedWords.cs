namespace Guard.Shell.Effects;

/// <summary>
/// Words of which nothing is described: what is or looks like a path counts as read and written, a URL as fetched and written.
/// Parts behind <c>=</c>, <c>@</c>, <c>:</c> and commas are tried too.
/// </summary>
internal static class GuessedWords
{
    private const int MaxParts = 16;

    public static void Add(EffectSink sink, Argument word, ValueUse use, int at, PathProbe probe)
    {
        if (!word.IsKnown)
        {
            sink.File(word, Edit(use), at, isImplicit: false);
            return;
        }

        string text = word.Text;
        if (text.StartsWith('-'))
        {
            int equals = text.IndexOf('=');
            if (equals > 0)
            {
                Value(sink, text[(equals + 1)..], use, at, probe);
            }
            else if (text.Length > 2 && text[1] != '-')
            {
                // -ofile: the value stands at the letter.
                Value(sink, text[2..], use, at, probe, sureOnly: true);
            }

            return;
        }

        Value(sink, text, use, at, probe);
    }

    private static void Value(EffectSink sink, string text, ValueUse use, int at, PathProbe probe, bool sureOnly = false)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            string url = text[(text.AsSpan(0, scheme).LastIndexOfAny('=', '@', ',') + 1)..];
            sink.Effects.Add(new Effect(EffectAction.WebFetch, url) { Guessed = true, Word = at });
            sink.Effects.Add(new Effect(EffectAction.WebWrite, url) { Guessed = true, Word = at });
            return;
        }

        if (LooksLikePath(text, probe, sureOnly))
        {
            Guess(sink, text, use, at);
        }

        int parts = 0;
        for (int i = 0; i < text.Length && parts < MaxParts; i++)
        {
            if (text[i] is '=' or '@' or ':' or ',' && i + 1 < text.Length)
            {
                parts++;
                int end = text.AsSpan(i + 1).IndexOfAny(",;");
                string part = end < 0 ? text[(i + 1)..] : text.Substring(i + 1, end);
                if (LooksLikePath(part, probe, sureOnly: true))
                {
                    Guess(sink, part, use, at);
                }
            }
        }

        if (parts == 0)
        {
            return;
        }

        int first = text.AsSpan().IndexOfAny("=@:,");
        if (LooksLikePath(text[..first], probe, sureOnly: true))
        {
            Guess(sink, text[..first], use, at);
        }

        if (text.IndexOf('@') is > 0 and var sign && RemotePlace.Host(text) is { Length: > 0 } host && text.IndexOf(':') > sign)
        {
            sink.Effects.Add(new Effect(EffectAction.Connect, host) { Guessed = true, Word = at });
        }
    }

    private static void Guess(EffectSink sink, string path, ValueUse use, int at)
    {
        int before = sink.Effects.Count;
        sink.File(Argument.Of(path), Edit(use), at, isImplicit: false);
        for (int i = before; i < sink.Effects.Count; i++)
        {
            sink.Effects[i] = sink.Effects[i] with { Guessed = true };
        }
    }

    private static ValueUse Edit(ValueUse use) => use with { Kind = ValueKind.File };

    private static bool LooksLikePath(string text, PathProbe probe, bool sureOnly)
    {
        if (text.Length == 0 || text.Length > 4096 || text.Contains('\0'))
        {
            return false;
        }

        if (text[0] is '/' or '.' or '~' || text.Contains('/'))
        {
            return true;
        }

        int dot = text.IndexOf('.');
        bool extension = dot > 0 && dot + 1 < text.Length && char.IsAsciiLetter(text[dot + 1]);
        if (extension)
        {
            return true;
        }

        PathForm form = probe(text);
        return form is PathForm.File or PathForm.Directory || (form == PathForm.Unknown && !sureOnly && !IsNumber(text));
    }

    private static bool IsNumber(string text) => text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+');
}
