namespace Guard.Shell.Tests.Bash;

/// <summary>bash's own judgement of a line's syntax.</summary>
internal static class BashSyntax
{
    private const string AcceptScript =
        """
        while IFS= read -r -d '' line; do
          if /bin/bash --norc -n -c -- "$line" >/dev/null 2>&1 </dev/null; then printf '1\0'; else printf '0\0'; fi
        done
        """;

    // A function's text is parsed and never run; PATH is empty so that a mistake could start nothing.
    private const string ShapeScript =
        """
        PATH=/nonexistent
        while IFS= read -r -d '' line; do
          unset -f shape
          if eval "shape() {
        $line
        }" 2>/dev/null; then declare -f shape; else printf 'error'; fi
          printf '\0'
        done
        """;

    /// <summary>For each line: <c>bash -n</c> accepts it.</summary>
    public static IReadOnlyList<bool> Accepts(IReadOnlyCollection<string> lines)
    {
        // A process for each line takes nearly all of the time: they are shared out to the processors.
        var chunks = lines.Chunk(Math.Max(1, (lines.Count / Environment.ProcessorCount) + 1)).ToArray();
        var answers = chunks.AsParallel().AsOrdered().WithExecutionMode(ParallelExecutionMode.ForceParallelism).SelectMany(c => BashProcess.Run(AcceptScript, c)).ToList();
        answers.Should().HaveCount(lines.Count);
        return [.. answers.Select(a => a == "1")];
    }

    /// <summary>For each line, which must be one that bash accepts: how bash prints it back from its own tree.</summary>
    public static IReadOnlyList<string> Shapes(IReadOnlyCollection<string> lines)
    {
        var answers = BashProcess.Run(ShapeScript, lines);
        answers.Should().HaveCount(lines.Count);
        return answers;
    }
}
