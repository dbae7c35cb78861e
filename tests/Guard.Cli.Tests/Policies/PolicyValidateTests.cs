using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Policies;

public sealed class PolicyValidateTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public PolicyValidateTests()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.DevAssistant);
        CliHarness.Write(Path.Combine(_cli.Project, "broken.yaml"), SamplePolicies.Broken);
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Validate_GoodPolicies_NeedsNoGateway() =>
        (await _cli.RunAsync("policy", "validate", "policies")).Should().Be(new CliResult(0, "1 policies with 3 rules are valid: dev-assistant.\n", ""));

    [Fact]
    public async Task Validate_BrokenPolicy_ShowsPlaceCodeAndRemedy()
    {
        var result = await _cli.RunAsync("policy", "validate", "broken.yaml");

        result.ExitCode.Should().Be(3);
        result.Error.Should().MatchRegex("^broken.yaml:3:[0-9]+ GRD[0-9]+ error: .*\nguard: 1 error: these policies would not be applied\n$");
    }

    [Fact]
    public async Task Validate_Json_HoldsTheDiagnostics()
    {
        var report = JsonNode.Parse((await _cli.RunAsync("policy", "validate", "broken.yaml", "--json")).Output)!;

        report["valid"]!.GetValue<bool>().Should().BeFalse();
        report["diagnostics"]![0]!["line"]!.GetValue<int>().Should().Be(3);
    }

    [Theory]
    [InlineData("guard: nowhere does not exist\n", "nowhere")]
    [InlineData("guard: there is no policy in . (*.yaml or *.yml)\n", ".")]
    public async Task Validate_NothingToRead_IsOneLine(string line, string path)
    {
        File.Delete(Path.Combine(_cli.Project, "broken.yaml"));

        (await _cli.RunAsync("policy", "validate", path)).Should().Be(new CliResult(6, "", line));
    }

    [Fact]
    public async Task Validate_NotUtf8_IsADocumentError()
    {
        File.WriteAllBytes(Path.Combine(_cli.Project, "latin.yaml"), [0x6e, 0xe9]);

        var result = await _cli.RunAsync("policy", "validate", "latin.yaml");

        result.ExitCode.Should().Be(3);
        result.ErrorLine.Should().EndWith("latin.yaml is not UTF-8 text");
    }

    [Fact]
    public async Task Validate_NoPath_IsUsage() => (await _cli.RunAsync("policy", "validate")).ExitCode.Should().Be(2);

    [Fact]
    public async Task ShowFloor_NeedsNoGateway()
    {
        var result = await _cli.RunAsync("policy", "show", "floor");

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain(".claude");
    }
}
