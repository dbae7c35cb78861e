using System.Buffers;
using System.Text;

namespace Guard.Shell.Effects;

/// <summary>Patterns that curl itself expands, in URLs and in names of files to send: <c>{a,b}</c> and <c>[1-9]</c> (curl's manual, "URL globbing").</summary>
internal static class CurlGlob
{
    /// <summary>Texts of one pattern beyond which it counts as not known.</summary>
    private const int MaxTexts = 64;

    private static readonly SearchValues<char> s_inAddress = SearchValues.Create("0123456789abcdefABCDEF:.%");

    /// <summary>What the text stands for; null: it is no pattern.</summary>
    public static IReadOnlyList<Argument>? Expand(Argument value)
    {
        string text = value.Text;
        if (text.AsSpan().IndexOfAny('{', '[') < 0)
        {
            return null;
        }

        List<StringBuilder> texts = [new()];
        bool isKnown = value.IsKnown;
        for (int at = 0; at < text.Length; at++)
        {
            int end = -1;
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '{' or '}' or '[' or ']')
            {
                at++;
            }
            else if (text[at] == '{')
            {
                end = text.IndexOf('}', at);
                string[] parts = text[(at + 1)..Math.Max(at + 1, end)].Split(',');
                if (end < 0 || texts.Count * parts.Length > MaxTexts || parts.Any(static part => part.AsSpan().IndexOfAny('{', '\\') >= 0))
                {
                    return [new Argument(Argument.Hole.ToString(), ArgumentForm.Partial)];
                }

                if (parts.Length > 1)
                {
                    texts = [.. texts.SelectMany(before => parts.Select(part => new StringBuilder().Append(before).Append(part)))];
                }
                else
                {
                    texts.ForEach(before => before.Append(parts[0]));
                }
            }
            else if (text[at] == '[' && AddressEnd(text, at) is not > 0)
            {
                end = text.IndexOf(']', at);
                if (end < 0)
                {
                    return [new Argument(Argument.Hole.ToString(), ArgumentForm.Partial)];
                }

                isKnown = false;
                texts.ForEach(static before => before.Append(Argument.Hole));
            }

            if (end > 0)
            {
                at = end;
                continue;
            }

            foreach (StringBuilder one in texts)
            {
                one.Append(text[at]);
            }
        }

        return [.. texts.Select(one => new Argument(one.ToString(), isKnown ? ArgumentForm.Known : ArgumentForm.Partial))];
    }

    /// <summary>A name that is written, in which <c>#1</c> is what the first pattern stood for.</summary>
    public static Argument Written(Argument name)
    {
        StringBuilder? text = null;
        for (int i = 0; i + 1 < name.Text.Length; i++)
        {
            if (name.Text[i] == '#' && char.IsAsciiDigit(name.Text[i + 1]))
            {
                text ??= new StringBuilder(name.Text);
                text[i] = Argument.Hole;
            }
        }

        return text is null ? name : new Argument(text.ToString(), ArgumentForm.Partial);
    }

    // An IPv6 address stands in brackets, too.
    private static int AddressEnd(string text, int at)
    {
        int end = text.IndexOf(']', at);
        return end > 0 && text.AsSpan(at + 1, end - at - 1).Contains(':') && !text.AsSpan(at + 1, end - at - 1).ContainsAnyExcept(s_inAddress) ? end : -1;
    }
}
