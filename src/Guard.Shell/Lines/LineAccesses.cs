namespace Guard.Shell.Lines;

/// <summary>
/// What a shell line would do to files, the network, the environment and other programs: the shell's own steps and what
/// each program is described to do, commands within commands included.
/// </summary>
/// <remarks>
/// Never throws for any text, and the work is bounded by <see cref="LineLimits"/>. Paths are absolute by their text alone;
/// where links lead is not looked up. The line as a whole is not among the accesses.
/// </remarks>
public static class LineAccesses
{
    private static readonly string[] Later = ["while", "until", "for", "select", "trap", "coproc"];

    /// <param name="line">As it would be given to <c>bash -c</c>.</param>
    /// <param name="facts">What is known of the place.</param>
    public static LineReport Of(string line, LineFacts facts)
    {
        ArgumentNullException.ThrowIfNull(line);
        var forms = new ChangedForms();
        var report = Of(line, facts, forms, 0, out var runsItsFiles);
        if (!forms.WasAskedTooEarly || (!runsItsFiles && !MayRunAgain(line)))
            return report;

        // Once is enough: the second time answers with less, and what commands change grows only where an answer is doubtful already.
        return Of(line, facts, forms, report.Steps, out _);
    }

    /// <summary>A command that stands further ahead may run behind one that stands further on.</summary>
    private static bool MayRunAgain(string line)
    {
        if (Later.Any(word => line.Contains(word, StringComparison.Ordinal)))
            return true;
        for (var at = line.IndexOf('&', StringComparison.Ordinal); at >= 0; at = line.IndexOf('&', at + 1))
        {
            if (at + 1 < line.Length && line[at + 1] == '&')
                at++;
            else if (at == 0 || line[at - 1] is not ('>' or '<') || at + 1 == line.Length)
                return true;
        }

        return false;
    }

    private static LineReport Of(string line, LineFacts facts, ChangedForms forms, int stepsBefore, out bool runsItsFiles)
    {
        var output = new LineOutput(line, facts.Limits, forms, stepsBefore);
        var script = new TextWalk(output, facts).Run(line);
        runsItsFiles = output.FollowFiles();
        return new LineReport(line, script, output.Commands, output.Accesses, output.Opaque, output.Steps);
    }
}
