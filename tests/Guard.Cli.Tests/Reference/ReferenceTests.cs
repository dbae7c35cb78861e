namespace Guard.Cli.Tests.Reference;

public sealed class ReferenceTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task CliDocument_IsWhatHelpSays()
    {
        var result = await _cli.RunAsync("reference");

        result.ExitCode.Should().Be(0);
        result.Output.Should().Be(File.ReadAllText(Repository.PathOf("docs", "cli.md")), "docs/cli.md is made by `guard reference > docs/cli.md`");
    }

    [Fact]
    public async Task Help_Root_ListsCommandsAndExitCodes()
    {
        var result = await _cli.RunAsync("--help");

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("guard [command] [options]").And.Contain("  70  a fault in guard itself").And.NotContain("reference");
        foreach (var name in (string[])["up", "init", "policy", "agent", "audit", "shell"]) result.Output.Should().MatchRegex($"\n  {name} ");
    }

    [Fact]
    public async Task Version_IsTheProductsOwn() =>
        (await _cli.RunAsync("--version")).Output.Should().MatchRegex("^[0-9]+\\.[0-9]+\\.[0-9]+\n$");
}
