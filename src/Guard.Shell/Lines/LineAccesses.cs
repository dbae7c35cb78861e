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
    /// <param name="line">As it would be given to <c>bash -c</c>.</param>
    /// <param name="facts">What is known of the place.</param>
    public static LineReport Of(string line, LineFacts facts)
    {
        ArgumentNullException.ThrowIfNull(line);
        var forms = new ChangedForms();
        var report = Of(line, facts, forms, 0, out var runsItsFiles);
        if (!forms.IsDoubtful && !(runsItsFiles && forms.WasAskedTooEarly))
            return report;

        // Once is enough: the second time answers with less, and what commands change grows only where an answer is doubtful already.
        return Of(line, facts, forms, report.Steps, out _);
    }

    private static LineReport Of(string line, LineFacts facts, ChangedForms forms, int stepsBefore, out bool runsItsFiles)
    {
        var output = new LineOutput(line, facts.Limits, forms, stepsBefore);
        var script = new TextWalk(output, facts).Run(line);
        runsItsFiles = output.FollowFiles();
        return new LineReport(line, script, output.Commands, output.Accesses, output.Opaque, output.Steps);
    }
}
