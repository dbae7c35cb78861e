using System.Buffers;

namespace Guard.Shell.Lines;

/// <summary>Shells other than bash, and texts that they would read differently.</summary>
internal static class ShellDialect
{
    private static readonly string[] NotInEveryShell =
        ["&>", "|&", "$'", "$\"", "<(", ">(", "<<<", "((", "[[", ";&", "=(", "+=", "function ", "${!", "$[", "coproc", "select ", "declare ", "local ", "pushd", "popd", "shopt", "read ", "echo -", "echo \"-"];

    private static readonly SearchValues<char> NotInPosixParameters = SearchValues.Create("/^,@[~");

    public static bool IsShell(string program) => program is "bash" or "rbash" or "sh" or "dash" or "ash" or "ksh" or "mksh" or "zsh" or "fish" or "posh" or "yash" or "csh" or "tcsh";

    /// <summary>The shell certainly reads the text as bash does.</summary>
    public static bool ReadsLikeBash(string program, string text) => program switch
    {
        "bash" or "rbash" => true,
        "sh" or "dash" or "ash" => !NotInEveryShell.Any(mark => text.Contains(mark, StringComparison.Ordinal)) && !HasBraces(text) && !RedirectsToAmpersand(text) && text.All(char.IsAscii),
        _ => false,
    };

    // Braces that would expand, and parameter operators beyond those of POSIX.
    private static bool HasBraces(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '{')
                continue;
            var end = text.IndexOf('}', i);
            if (end < 0)
                return true;
            var inside = text.AsSpan(i + 1, end - i - 1);
            if (i > 0 && text[i - 1] == '$' ? inside.ContainsAny(NotInPosixParameters) || HasSubstring(inside) : inside.Contains(',') || inside.Contains("..", StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static bool HasSubstring(ReadOnlySpan<char> inside)
    {
        var colon = inside.IndexOf(':');
        return colon >= 0 && (colon + 1 == inside.Length || inside[colon + 1] is not ('-' or '=' or '?' or '+'));
    }

    private static bool RedirectsToAmpersand(string text)
    {
        for (var at = text.IndexOf(">&", StringComparison.Ordinal); at >= 0; at = text.IndexOf(">&", at + 1, StringComparison.Ordinal))
        {
            if (at + 2 >= text.Length || !(char.IsAsciiDigit(text[at + 2]) || text[at + 2] == '-'))
                return true;
        }

        return false;
    }
}
