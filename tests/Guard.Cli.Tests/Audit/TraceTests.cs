using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Audit;

public sealed class TraceTests : RecordedGateway
{
    [Fact]
    public async Task Trace_OfADenial_ShowsEveryRuleThatMatched()
    {
        var decision = await _gateway.DecideAsync("read:file", _cli.Project + "/.env");

        var result = await _cli.RunAsync("audit", "trace", decision.TraceId);

        result.Error.Should().BeEmpty();
        result.Output.Should().StartWith($"Trace      {decision.TraceId}\nAgent      dev (id ")
            .And.Contain("\nCall       Read, client claude-code, event PreToolUse, session s1\n")
            .And.Contain($"\nWorkspace  {_cli.Project}\n")
            .And.MatchRegex("\nDecided    [0-9-]{10} [0-9:.]{12} UTC, deny, by dev-assistant/credentials\n")
            .And.Contain("\nReason     Credential files are off limits.\n")
            .And.Contain($"\nAccesses   0  read:file  {_cli.Project}/.env  (primary)\n")
            .And.Contain("\nMatched    dev-assistant/credentials  deny  access 0\n           dev-assistant/read-project  allow  access 0\n")
            .And.NotContain("Outcome");
    }

    [Fact]
    public async Task Trace_OfAFinishedCall_ShowsHowItEndedAndWhatWasRefused()
    {
        var decision = await _gateway.DecideAsync("read:file", _cli.Project + "/a");
        await _gateway.ReportAsync(decision.TraceId, 12);
        for (var i = 0; i < 25; i++)
            await _gateway.Awaiting(g => g.ReportAsync(decision.TraceId, 99)).Should().ThrowAsync<Guard.Client.GatewayProblemException>();

        var result = await _cli.RunAsync("audit", "trace", decision.TraceId);

        var lines = result.Output.TrimEnd('\n').Split('\n');
        lines.Should().ContainSingle(l => l.StartsWith("Outcome ", StringComparison.Ordinal)).Which.Should().EndWith("UTC, succeeded after 12 ms");
        lines.Where(l => l.StartsWith("Refused ", StringComparison.Ordinal)).Should().HaveCount(20).And.OnlyContain(l => l.EndsWith("the trace has its outcome already", StringComparison.Ordinal));
        lines[^1].Trim().Should().StartWith("More outcomes were refused");
    }

    [Fact]
    public async Task Trace_Json_HoldsWholeEvents()
    {
        var decision = await _gateway.DecideAsync("read:file", _cli.Project + "/a");
        await _gateway.ReportAsync(decision.TraceId, 12);

        var report = JsonNode.Parse((await _cli.RunAsync("audit", "trace", decision.TraceId, "--json")).Output)!;

        report["events"]!.AsArray().Select(e => e!["kind"]!.GetValue<string>()).Should().Equal("decision", "outcome");
        report["events"]![0]!["matched"]![0]!["rule"]!.GetValue<string>().Should().Be("read-project");
    }

    [Fact]
    public async Task Trace_WithHostileText_CannotSteerTheTerminal()
    {
        var decision = await _gateway.DecideAsync("read:web_fetch", "https://a.example/\u001b[2J\r\nOutcome    succeeded", "WebFetch");

        var output = (await _cli.RunAsync("audit", "trace", decision.TraceId)).Output;

        output.Should().NotContain("\u001b").And.NotContain("\r").And.NotContain("\nOutcome");
    }

    [Fact]
    public async Task Trace_Unknown_IsRefused() =>
        (await _cli.RunAsync("audit", "trace", "0198\u001b")).Should().Be(new CliResult(6, "", "guard: the record has no trace 0198\\u001b\n"));
}
