namespace Guard.Shell;

/// <summary>
/// Tells what a command line will do. A line is exact only when it is one simple command whose words bash passes on
/// unchanged; everything else is opaque with a code.
/// </summary>
/// <remarks>Never throws, and takes time linear in the line's length.</remarks>
public static class ShellAnalyser
{
    /// <summary>Analyses one line as bash reads it without <c>-i</c>.</summary>
    public static ShellAnalysis Analyse(string line, ShellContext context)
    {
        if (line.Length > ShellLimits.MaxLength) return Opaque(OpaqueCodes.TooLong, []);

        var words = new List<string>();
        var why = WordReader.Read(line, context, words) ?? ProgramRules.Check(words);
        if (why is not null) return Opaque(why, RoughWords.Of(line));

        var normal = NormalForm.Join(words[0], words);
        var slash = words[0].LastIndexOf('/');
        var canonical = slash < 0 ? normal : NormalForm.Join(words[0][(slash + 1)..], words);
        return new ShellAnalysis { Commands = [new SimpleCommand(normal, canonical, words)], Words = words };
    }

    private static ShellAnalysis Opaque(string code, IReadOnlyList<string> words) =>
        new() { Commands = [], Opaque = code, Words = words };
}
