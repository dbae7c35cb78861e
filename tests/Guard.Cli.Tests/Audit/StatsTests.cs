using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Audit;

public sealed class StatsTests : RecordedGateway
{
    [Fact]
    public async Task Stats_Tables_SayWhatWasDecidedAndDenied()
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/a");
        await _gateway.DecideAsync("read:file", _cli.Project + "/.env");
        await _gateway.DecideAsync("read:web_search", "words \u001b[2J", "WebSearch");

        var result = await _cli.RunAsync("audit", "stats", "--period", "7d");

        result.Error.Should().BeEmpty();
        result.Output.Should().NotContain("\u001b");
        result.Output.Should().MatchRegex("^[0-9-]{10} [0-9:]{5} to [0-9-]{10} [0-9:]{5} UTC: 3 decisions\n")
            .And.MatchRegex("\nDECISIONS +EFFECT\n2 +deny\n1 +allow\n")
            .And.MatchRegex("\nDECISIONS +DENIED +AGENT\n3 +2 +dev\n")
            .And.MatchRegex("\nDECISIONS +DENIED +TOOL\n2 +1 +Read\n1 +1 +WebSearch\n")
            .And.MatchRegex("\n1 +dev-assistant/credentials\n")
            .And.MatchRegex("\n1 +read:file +.*/\\.env\n")
            .And.MatchRegex("\nDENIALS PER HOUR OF THE DAY \\(UTC\\), at most [12] in one\n[0-9-]{10}  [·▁▂▃▄▅▆▇█]{24}  [12]\n")
            .And.Contain("█");
    }

    [Fact]
    public async Task Stats_OfNothing_AreOneLine() =>
        (await _cli.RunAsync("audit", "stats")).Output.Should().EndWith("UTC: 0 decisions\n").And.NotContain("EFFECT");

    [Fact]
    public async Task Stats_Json_HoldsTheCounts()
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/.env");

        var stats = JsonNode.Parse((await _cli.RunAsync("audit", "stats", "--json")).Output)!;

        stats["decisions"]!.GetValue<int>().Should().Be(1);
        stats["deniedRules"]![0]!["rule"]!.GetValue<string>().Should().Be("credentials");
    }

    [Theory]
    [InlineData("week")]
    [InlineData("366d")]
    [InlineData("0h")]
    public async Task Stats_OfABadPeriod_IsUsage(string period) =>
        (await _cli.RunAsync("audit", "stats", "--period", period)).Should().Be(
            new CliResult(2, "", $"guard: --period '{period}' is no span of up to 365 days: state one such as 90m, 24h, 7d or 4w (see `guard audit stats --help`)\n"));
}
