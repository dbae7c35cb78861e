namespace Guard.Shell;

/// <summary>
/// Programs whose effect is not told by their own words: what runs is another program or a text. Until their lines are
/// taken apart they are opaque. The lists err on the side of opacity.
/// </summary>
internal static class ProgramRules
{
    private static readonly char[] VersionCharacters = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '-'];

    /// <summary>Null when the words are the whole story, else a code of <see cref="OpaqueCodes"/>.</summary>
    public static string? Check(List<string> words)
    {
        var program = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (program.Length == 0) return OpaqueCodes.NoProgram;
        if (ProgramLists.IsReservedWord(words[0])) return OpaqueCodes.ReservedWord;
        if (ProgramLists.IsBuiltin(program)) return OpaqueCodes.Builtin;
        // `printf -v`, `test -v` and `test -R` evaluate array subscripts, which run command substitutions.
        if (program is "printf" or "test" && words.Exists(word => word.StartsWith("-v", StringComparison.Ordinal) || word.StartsWith("-R", StringComparison.Ordinal)))
        {
            return OpaqueCodes.Builtin;
        }

        if (ProgramLists.IsWrapper(program) || program.StartsWith("ld-linux", StringComparison.Ordinal) || program.StartsWith("ld-musl", StringComparison.Ordinal))
        {
            return OpaqueCodes.Wrapper;
        }

        if (ProgramLists.IsProgrammable(program)) return OpaqueCodes.InlineCode;
        if (IsInterpreter(program)) return CheckInterpreter(program, words);
        return StartsProgram(words, ProgramLists.StartersOf(program)) ? OpaqueCodes.StartsProgram : null;
    }

    /// <summary>An interpreter by its name without a version: <c>python3.11</c> is <c>python</c>.</summary>
    private static bool IsInterpreter(string program) =>
        ProgramLists.IsInterpreter(program.TrimEnd(VersionCharacters));

    /// <summary>
    /// Exact only where the first argument is a script, a question for the version, or python's <c>-m module</c>;
    /// any other option could carry or fetch the program's text.
    /// </summary>
    private static string? CheckInterpreter(string program, List<string> words)
    {
        if (words.Count == 1) return OpaqueCodes.InlineCode;
        var first = words[1];
        if (first.Length > 0 && first[0] is not ('-' or '+'))
        {
            return first is "eval" or "repl" or "/dev/stdin" or "x" or "exec" ? OpaqueCodes.InlineCode : null;
        }

        if (words.Count == 2 && first is "--version" or "--help") return null;
        var isPython = program.StartsWith("python", StringComparison.Ordinal) || program.StartsWith("pypy", StringComparison.Ordinal);
        return isPython && first == "-m" && words.Count > 2 && !ProgramLists.IsPythonRunner(words[2])
            ? null
            : OpaqueCodes.InlineCode;
    }

    private static bool StartsProgram(List<string> words, string[] starters)
    {
        for (var i = 1; i < words.Count; i++)
        {
            foreach (var starter in starters)
            {
                if (Means(words[i], starter)) return true;
            }
        }

        return false;
    }

    /// <summary>Whether a word is the option or subcommand, also with an attached value or abbreviated as GNU allows.</summary>
    private static bool Means(string word, string starter)
    {
        if (starter.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            return name.Length > 3 && (starter.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(starter, StringComparison.Ordinal));
        }

        // A short option may carry its value or stand in a cluster: -Icmd, -xzIcmd.
        if (starter.Length == 2 && starter[0] == '-')
        {
            return word.Length > 1 && word[0] == '-' && word[1] != '-' && word.Contains(starter[1], StringComparison.Ordinal);
        }

        if (starter[^1] is ':' or '=') return word.Contains(starter, StringComparison.Ordinal);
        return word.StartsWith(starter, StringComparison.Ordinal) && (word.Length == starter.Length || word[starter.Length] == '=');
    }
}
