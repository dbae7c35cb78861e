using System.Text.Json.Nodes;
using Guard.Cli.Terminal;

namespace Guard.Cli.Tests.Audit;

public sealed class AuditTests : RecordedGateway
{
    [Fact]
    public async Task Query_Table_ShowsOneLinePerEventOldestFirst()
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/a.cs");
        await _gateway.DecideAsync("read:file", _cli.Project + "/.env");
        await _gateway.DecideAsync("write:file", _cli.Project + "/out.txt", "Write");
        _cli.Width = 200;

        var result = await _cli.RunAsync("audit", "query", "--session", "s1");

        result.Error.Should().BeEmpty();
        var lines = result.Output.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(4);
        lines[0].Should().MatchRegex("^TIME \\(UTC\\) +AGENT +DECISION +ACTION +RESOURCE +RULE$");
        lines[1].Should().MatchRegex("^[0-9-]{10} [0-9:]{8} +dev +allow +read:file +.*/a\\.cs +dev-assistant/read-project$");
        lines[2].Should().MatchRegex("dev +deny +read:file +.*/\\.env +dev-assistant/credentials$");
        lines[3].Should().MatchRegex("dev +deny +write:file +.*/out\\.txt +\\(no rule\\)$");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(160)]
    public async Task Query_OnATerminal_FitsItAndShowsTheEndOfPaths(int width)
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/" + new string('x', 300) + "/end.cs");
        await _gateway.DecideAsync("read:web_fetch", "https://start.example/" + new string('y', 300), "WebFetch");
        _cli.Width = width;
        OnATerminal();

        var lines = (await _cli.RunAsync("audit", "query", "--session", "s1")).Output.TrimEnd('\n').Split('\n');

        lines.Should().OnlyContain(l => l.Length <= width);
        lines[1].Should().MatchRegex("read:file +….*/end\\.cs +(dev-assistant/)?read-project$");
        lines[2].Should().MatchRegex("https://star.*… +(dev-assistant/)?ask-fetch$");
    }

    [Fact]
    public async Task Query_InAPipe_ShortensNothing()
    {
        var path = _cli.Project + "/" + new string('x', 300) + "/end.cs";
        await _gateway.DecideAsync("read:file", path);
        _cli.Width = 80;

        var result = await _cli.RunAsync("audit", "query", "--session", "s1");

        result.Output.Should().Contain(path).And.NotContain("…");
        (await _cli.RunAsync("audit", "tail", "-n", "1")).Output.Should().Contain(path);
    }

    [Fact]
    public async Task Query_InAPipe_KeepsItsColumnsWhateverIsLong()
    {
        await _gateway.DecideAsync("read:file", "/short");
        await _gateway.DecideAsync("invoke:mcp__planning__a_tool_with_a_long_name", "/long", "mcp__planning__a_tool_with_a_long_name");

        var lines = (await _cli.RunAsync("audit", "query", "--session", "s1")).Output.TrimEnd('\n').Split('\n');

        lines.Should().HaveCount(3);
        var column = lines[0].IndexOf("RESOURCE", StringComparison.Ordinal);
        lines[1][column..].Should().StartWith("/short ");
        lines[2][column..].Should().StartWith("/long ");
    }

    [Fact]
    public async Task Query_HostileResource_CannotSteerTheTerminal()
    {
        await _gateway.DecideAsync("read:web_fetch", "https://a.example/\u001b[2J\r\n\u202eevil", "WebFetch");

        var result = await _cli.RunAsync("audit", "query", "--session", "s1");

        result.Output.Should().NotContain("\u001b").And.NotContain("\u202e").And.NotContain("\r");
        result.Output.TrimEnd('\n').Split('\n').Should().HaveCount(2);
    }

    [Fact]
    public async Task Query_TextWithBlanks_StaysOnOneLine()
    {
        await _gateway.DecideAsync("read:web_search", string.Concat(Enumerable.Repeat("word ", 60)), "WebSearch");
        _cli.Width = 130;
        OnATerminal();

        var events = (await _cli.RunAsync("audit", "query", "--json")).Output.TrimEnd('\n').Split('\n');
        var lines = (await _cli.RunAsync("audit", "query")).Output.TrimEnd('\n').Split('\n');

        lines.Should().HaveCount(events.Length + 1).And.OnlyContain(l => l.Length <= 130);
        lines[^1].Should().MatchRegex("read:web_search +word word .*… +\\(no rule\\)$");
    }

    [Theory]
    [InlineData("--decision", "deny", 1)]
    [InlineData("--decision", "allow", 2)]
    [InlineData("--action", "read:file", 3)]
    [InlineData("--tool", "Grep", 1)]
    [InlineData("--session", "s2", 1)]
    [InlineData("--policy", "dev-assistant", 3)]
    [InlineData("--rule", "credentials", 1)]
    [InlineData("--agent", "nobody", 0)]
    [InlineData("--from", "2100-01-01", 0)]
    [InlineData("--to", "2100-01-01T00:00+02:00", 6)]
    [InlineData("--from", "5m", 6)]
    [InlineData("--to", "99999w", 0)]
    public async Task Query_Filter_Holds(string option, string value, int count)
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/a");
        await _gateway.DecideAsync("read:file", _cli.Project + "/b", "Grep", "s2");
        await _gateway.DecideAsync("read:file", _cli.Project + "/.env");

        var result = await _cli.RunAsync("audit", "query", "--json", option, value);

        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(count);
    }

    [Fact]
    public async Task Query_Trace_FindsTheDecision()
    {
        var decision = await _gateway.DecideAsync("read:file", _cli.Project + "/a");

        var result = await _cli.RunAsync("audit", "query", "--json", "--trace", decision.TraceId);

        JsonNode.Parse(result.Output)!["id"]!.GetValue<string>().Should().Be(decision.EventId);
    }

    [Fact]
    public async Task Query_LimitAboveAPage_GoesOnThroughPages()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1_050),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, _) => await _gateway.DecideAsync("read:file", $"{_cli.Project}/f{i}", session: "many"));

        var result = await _cli.RunAsync("audit", "query", "--json", "--session", "many", "--limit", "1040");

        var positions = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!["position"]!.GetValue<long>()).ToList();
        positions.Should().HaveCount(1_040).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Tail_Colour_OnlyOnATerminalWithoutNoColor()
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/.env");
        (await _cli.RunAsync("audit", "tail")).Output.Should().NotContain("\u001b");

        _cli.IsTerminal = true;
        (await _cli.RunAsync("audit", "tail")).Output.Should().Contain("\u001b[");

        _cli.Set("NO_COLOR", "1");
        (await _cli.RunAsync("audit", "tail")).Output.Should().NotContain("\u001b");
    }

    [Fact]
    public async Task Tail_Count_ShowsTheLatest()
    {
        for (var i = 0; i < 5; i++) await _gateway.DecideAsync("read:file", $"{_cli.Project}/f{i}");

        var result = await _cli.RunAsync("audit", "tail", "-n", "2", "--json");

        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => Path.GetFileName(JsonNode.Parse(l)!["resource"]!.GetValue<string>())).Should().Equal("f3", "f4");
    }

    [Fact]
    public async Task Tail_Follow_ShowsEveryEventOnceAcrossARestart()
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/before");
        using var stop = new CancellationTokenSource();
        var output = new SignallingWriter("/last");
        var error = new SignallingWriter("still trying");
        var again = error.WhenSeen("answers again");
        var tail = Task.Run(() => CommandRunner.RunAsync(_cli.Context(output, error), ["audit", "tail", "-f", "-n", "1", "--json"], stop.Token));
        // Where a tail begins is decided when it first asks.
        await output.WhenSeen("/before");

        for (var i = 0; i < 600; i++) await _gateway.DecideAsync("read:file", $"{_cli.Project}/f{i}");
        await _gateway.StopAsync();
        await error.Seen;
        _gateway = await RunningGateway.StartAsync(_cli, "--policies", "policies");
        await again;
        await _gateway.DecideAsync("read:file", _cli.Project + "/last");
        await output.Seen;
        await stop.CancelAsync();

        (await tail).Should().Be(0);
        var events = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!).ToList();
        events.Select(e => e["position"]!.GetValue<long>()).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        events.Select(e => e["resource"]?.GetValue<string>()).OfType<string>().Select(Path.GetFileName)
            .Should().Equal(["before", .. Enumerable.Range(0, 600).Select(i => $"f{i}"), "last"]);
    }

    [Theory]
    [InlineData("--decision", "deny", ".env")]
    [InlineData("--tool", "Grep", "b")]
    [InlineData("--agent", "dev", "a,b,.env")]
    [InlineData("--rule", "credentials", ".env")]
    public async Task Tail_Filter_Holds(string option, string value, string expected)
    {
        await _gateway.DecideAsync("read:file", _cli.Project + "/a");
        await _gateway.DecideAsync("read:file", _cli.Project + "/b", "Grep", "s2");
        await _gateway.DecideAsync("read:file", _cli.Project + "/.env");

        var result = await _cli.RunAsync("audit", "tail", "--json", option, value);

        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => Path.GetFileName(JsonNode.Parse(l)!["resource"]!.GetValue<string>())).Should().Equal(expected.Split(','));
    }

    [Fact]
    public async Task Tail_FollowWhenTheKeyIsRevoked_EndsWithTheReason()
    {
        var made = JsonNode.Parse((await _cli.RunAsync("key", "create", "--scope", "audit:read", "--expires", "90d", "--write", "auditor.key", "--json")).Output)!;
        var output = new SignallingWriter("TIME");
        var error = new StringWriter();
        var tail = Task.Run(() => CommandRunner.RunAsync(_cli.Context(output, error), ["audit", "tail", "-f", "--admin-key-file", "auditor.key"], CancellationToken.None));
        await output.Seen;

        await _cli.RunAsync("key", "revoke", made["key"]!["prefix"]!.GetValue<string>());

        (await tail).Should().Be(5);
        error.ToString().Should().MatchRegex("^guard: The API key [a-z0-9]{12} was revoked\\. .*\\(key-revoked, status 401\\)\n$");
    }

    [Theory]
    [InlineData("guard: -n must be a number from 1 to 100000 (see `guard audit tail --help`)", "tail", "-n", "0")]
    [InlineData("guard: -n must be a number from 1 to 100000 (see `guard audit tail --help`)", "tail", "-n", "x")]
    [InlineData("guard: --from 'soon' is no time: state a date or an instant such as 2026-03-01T09:30Z, or a span back such as 90m, 24h or 7d (see `guard audit query --help`)", "query", "--from", "soon")]
    [InlineData("guard: --to '0h' is no time: state a date or an instant such as 2026-03-01T09:30Z, or a span back such as 90m, 24h or 7d (see `guard audit query --help`)", "query", "--to", "0h")]
    [InlineData("guard: --from must be before --to (see `guard audit query --help`)", "query", "--from", "1h", "--to", "2h")]
    [InlineData("guard: --limit must be a number from 1 to 100000 (see `guard audit query --help`)", "query", "--limit", "100001")]
    public async Task Audit_BadUsage_IsOneLine(string line, params string[] args) =>
        (await _cli.RunAsync(["audit", .. args])).Should().Be(new CliResult(2, "", line + "\n"));

    private void OnATerminal()
    {
        _cli.IsTerminal = true;
        _cli.Set("NO_COLOR", "1");
    }

    [Fact]
    public async Task Query_UnknownEffect_NamesTheKnownOnes()
    {
        var result = await _cli.RunAsync("audit", "query", "--decision", "maybe");

        result.ExitCode.Should().Be(2);
        result.ErrorLine.Should().Contain("'maybe'").And.Contain("approve");
    }
}
