namespace Guard.Cli.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    private GuardProcess Start(string marker, params string[] args) => GuardProcess.Start(marker, _cli.Home, _cli.Project, args);

    private async Task<GuardProcess> UpAsync()
    {
        var gateway = Start("Ctrl-C stops the gateway", "up", "--no-tcp", "--admin-key-file", "~/.guard/admin.key");
        await gateway.ReadyAsync();
        return gateway;
    }

    [Theory]
    [InlineData(GuardProcess.Interrupt)]
    [InlineData(GuardProcess.Terminate)]
    public async Task Up_Signal_EndsItWithSuccess(int signal)
    {
        using var gateway = await UpAsync();

        var result = await gateway.SignalAsync(signal);

        result.ExitCode.Should().Be(0);
        result.Error.Should().BeEmpty();
        result.Output.Should().EndWith("Guard is going down; tool calls are denied until it is up again.\n");
    }

    [Fact]
    public async Task Tail_CtrlC_EndsItWithSuccess()
    {
        using var gateway = await UpAsync();
        using var tail = Start("TIME", "audit", "tail", "-f");
        await tail.ReadyAsync();

        var result = await tail.SignalAsync(GuardProcess.Interrupt);

        result.Should().Match<CliResult>(r => r.ExitCode == 0 && r.Error.Length == 0);
    }

    [Fact]
    public async Task Pipe_HasNeitherColourNorByteOrderMark()
    {
        using var gateway = await UpAsync();
        using var tail = Start("TIME", "audit", "tail");

        (await tail.EndAsync()).Output.Should().StartWith("TIME").And.NotContain("\u001b");
    }

    [Fact]
    public async Task BadUsage_EndsWith2AndOneLine()
    {
        using var guard = Start("never", "audit", "tail", "--nope");

        (await guard.EndAsync()).Should().Be(new CliResult(2, "", "guard: Unrecognized command or argument '--nope' (see `guard audit tail --help`)\n"));
    }
}
