using Guard.Shell.Analysis;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>Reads from a script's first line what runs it.</summary>
internal static class ScriptHead
{
    /// <summary>What runs it is not known, or is told by more than a name.</summary>
    public const string Unknown = "?";

    /// <summary>A program whose language is not followed, as where it stands before the script's name on a line.</summary>
    public const string OtherLanguage = "";

    /// <summary>A shell's name, <see cref="OtherLanguage"/>, or <see cref="Unknown"/>.</summary>
    public static string Interpreter(string script)
    {
        // Without such a line the program that starts it decides: bash reads it itself, most others hand it to sh.
        if (!script.StartsWith("#!", StringComparison.Ordinal))
            return "sh";
        var end = script.IndexOf('\n', StringComparison.Ordinal);
        var words = (end < 0 ? script[2..] : script[2..end]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is ["/usr/bin/env" or "/bin/env", .. var rest] && rest is not [])
            words = rest;
        else if (words is [] || !words[0].StartsWith('/') || EffectCollector.IsLocalProgram(words[0]))
            return Unknown;
        var name = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (ShellNames.Contains(name))
            return words.Skip(1).All(IsShellOption) ? name : Unknown;
        return IsLanguage(name) ? OtherLanguage : Unknown;
    }

    private static bool IsShellOption(string word) => word is "-e" or "-u" or "-x" or "-eu" or "-ex" or "-eux" or "-l" or "-v" or "-f" or "-" or "--" or "--posix" or "--login";

    private static bool IsLanguage(string name) =>
        name.TrimEnd('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9') is "python" or "pypy" or "node" or "nodejs" or "deno" or "bun" or "ruby" or "perl" or "php" or "lua" or "Rscript" or "tclsh" or "pwsh" or "tsx" or "ts-node";
}
