namespace Guard.EndToEnd.Tests.Bench;

internal sealed record ProgramResult(int ExitCode, string StandardOutput, string StandardError);

/// <summary>How a program is run: with exactly the stated environment, and nothing on its standard input.</summary>
internal sealed record ProgramRun(string Program)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string Folder { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What it writes goes to this path with <c>.stdout</c> and <c>.stderr</c> as it arrives.</summary>
    public required string Log { get; init; }

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(90);

    /// <exception cref="TimeoutException">It did not end within <see cref="Limit"/>, and was killed.</exception>
    public async Task<ProgramResult> RunAsync()
    {
        await using var program = RunningProgram.Start(this);
        try
        {
            return await program.Ended.WaitAsync(Limit);
        }
        catch (TimeoutException waited)
        {
            throw new TimeoutException($"{Program} did not end within {Limit.TotalSeconds:0} s; what it wrote is in {Log}.stdout and .stderr.", waited);
        }
    }
}
