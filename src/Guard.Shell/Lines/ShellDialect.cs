using System.Buffers;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>Shells other than bash, and texts that they would read differently.</summary>
internal static class ShellDialect
{
    private static readonly string[] NotInEveryShell =
        ["&>", "|&", "$'", "$\"", "<(", ">(", "<<<", "((", "[[", ";&", "=(", "+=", "function ", "${!", "$[", "coproc", "select ", "declare ", "local ", "pushd", "popd", "shopt", "read ", "echo -", "echo \"-"];

    private static readonly SearchValues<char> NotInPosixParameters = SearchValues.Create("/^,@[~");

    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\n;&|(");

    private static readonly SearchValues<char> InPlainWords = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-./,:+@");

    /// <summary>Names that some shell has a builtin or keyword for which is not the program of that name.</summary>
    private static readonly HashSet<string> OwnWords = new(StringComparer.Ordinal)
    {
        ".", ":", "[", "alias", "autoload", "bg", "bind", "break", "builtin", "case", "cd", "command", "complete", "continue", "coproc", "declare", "dirs", "disown", "do", "done",
        "elif", "else", "emulate", "enable", "end", "esac", "eval", "exec", "exit", "export", "fc", "fg", "fi", "for", "foreach", "function", "getopts", "hash", "history", "if", "in",
        "integer", "jobs", "kill", "let", "limit", "local", "log", "logout", "math", "nocorrect", "noglob", "not", "or", "and", "popd", "print", "pushd", "r", "read", "readonly", "rehash",
        "repeat", "return", "sched", "select", "set", "setenv", "shift", "shopt", "source", "stat", "string", "suspend", "switch", "test", "then", "time", "times", "trap", "type", "typeset",
        "ulimit", "umask", "unalias", "unfunction", "unhash", "unlimit", "unset", "until", "vared", "wait", "whence", "where", "which", "while", "zmodload", "-",
    };

    /// <summary>The shell certainly reads the text as bash does.</summary>
    public static bool ReadsLikeBash(string program, string text) => program switch
    {
        "bash" or "rbash" => true,
        "sh" or "dash" or "ash" => IsAlikeInEveryShell(text) || IsAlikeInDash(text),
        _ => IsAlikeInEveryShell(text),
    };

    private static bool IsAlikeInDash(string text)
    {
        // Any blank ends a word, and a continued line does not.
        var joined = text.Replace("\\\n", "", StringComparison.Ordinal).Replace('\t', ' ').Replace('\n', ' ');
        return !NotInEveryShell.Any(mark => joined.Contains(mark, StringComparison.Ordinal)) && !HasBraces(joined) && !RedirectsToAmpersand(joined)
            && !NegatesSet(joined) && !Times(text) && !HasLongDescriptor(joined) && joined.All(char.IsAscii);
    }

    /// <summary><c>[^a]</c> outside of quotes, which only bash takes for another spelling of <c>[!a]</c>.</summary>
    private static bool NegatesSet(string text)
    {
        if (!text.Contains("[^", StringComparison.Ordinal))
            return false;
        var (quote, opened) = ('\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'')
                i++;
            else if (quote == '\'' ? c == '\'' : c is '"' || (c == '\'' && quote == '\0'))
                quote = quote == '\0' ? c : '\0';
            else if (c == '{' && i > 0 && text[i - 1] == '$')
                opened = true;
            else if (c == '[' && i + 1 < text.Length && text[i + 1] == '^' && (quote == '\0' || (quote == '"' && opened)))
                return true;
        }

        return false;
    }

    /// <summary>The word <c>time</c> where a command starts: a reserved word of bash, a program to others.</summary>
    private static bool Times(string text)
    {
        for (var at = text.IndexOf("time", StringComparison.Ordinal); at >= 0; at = text.IndexOf("time", at + 1, StringComparison.Ordinal))
        {
            if (at + 4 < text.Length && !char.IsWhiteSpace(text[at + 4]))
                continue;
            var before = text.AsSpan(0, at).TrimEnd(" \t");
            if (before.IsEmpty || before[^1] is ';' or '&' or '|' or '(' or ')' or '{' or '!' or '\n' or '`')
                return true;
            if (before.Length < at && before[(before.LastIndexOfAny(WordEnds) + 1)..] is "then" or "do" or "else" or "elif" or "if" or "while" or "until")
                return true;
        }

        return false;
    }

    /// <summary>bash takes all digits before a redirect for a descriptor, dash one alone.</summary>
    private static bool HasLongDescriptor(string text)
    {
        for (var i = 2; i < text.Length; i++)
        {
            if (text[i] is '<' or '>' && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i - 2]))
                return true;
        }

        return false;
    }

    /// <summary>One command of plain words, and the first is a program's name that no shell takes for something of its own.</summary>
    private static bool IsAlikeInEveryShell(string text) =>
        !text.AsSpan().ContainsAnyExcept(InPlainWords) && ProgramEffects.Describes(FirstWord(text)) && !OwnWords.Contains(FirstWord(text));

    private static string FirstWord(string text) => text.TrimStart(' ').Split(' ', 2)[0];

    // Braces that would expand, and parameter operators beyond those of POSIX.
    private static bool HasBraces(string text)
    {
        // A word may go on behind a brace within: it ends at a blank.
        var isOpen = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is ' ')
                isOpen = false;
            if (isOpen && (text[i] == ',' || (text[i] == '.' && text[i - 1] == '.')))
                return true;
            if (text[i] != '{')
                continue;
            var end = text.IndexOf('}', i);
            if (end < 0)
                return true;
            var inside = text.AsSpan(i + 1, end - i - 1);
            if (i > 0 && text[i - 1] == '$' ? inside.ContainsAny(NotInPosixParameters) || HasSubstring(inside) : inside.Contains(',') || inside.Contains("..", StringComparison.Ordinal))
                return true;
            isOpen |= i == 0 || text[i - 1] != '$';
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
