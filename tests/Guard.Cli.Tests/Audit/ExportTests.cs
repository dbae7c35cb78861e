using System.Text.Json.Nodes;
using Guard.Cli.Audit;
using Guard.Client;

namespace Guard.Cli.Tests.Audit;

public sealed class ExportTests : RecordedGateway
{
    [Fact]
    public async Task Export_Csv_HoldsOneLinePerEventThatNoSpreadsheetRuns()
    {
        await _gateway.DecideAsync("read:web_search", "=HYPERLINK(\"http://x\",\"y\")\r\n\u001b[2J", "WebSearch");

        var result = await _cli.RunAsync("audit", "export", "--format", "csv", "--session", "s1");

        result.Error.Should().BeEmpty();
        var lines = result.Output.Split("\r\n");
        lines.Should().HaveCount(3);
        lines[0].Should().StartWith("position,time,kind,organisation,owner,agent,agent_id,session,trace,client,tool,action,resource,effect,");
        lines[1].Should().MatchRegex("^4,[0-9T:.-]+Z,\"decision\",\"default\",\"[^\"]+\",\"dev\",")
            .And.Contain(",\"read:web_search\",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\\u000d\\u000a\\u001b[2J\",\"deny\",");
        lines[2].Should().BeEmpty();
    }

    // The characters of OWASP's page on CSV injection, each at the beginning of a cell.
    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\tx", "\"'\\u0009x\"")]
    [InlineData("\rx", "\"'\\u000dx\"")]
    [InlineData("  =1", "\"'  =1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("a=1", "\"a=1\"")]
    [InlineData("a,b\"c", "\"a,b\"\"c\"")]
    [InlineData("", "\"\"")]
    [InlineData(null, null)]
    public void Cell_OfUntrustedText_IsText(string? text, string? cell) => CsvExport.Text(text).Should().Be(cell);

    [Fact]
    public async Task Export_Json_IsOneArrayAndJsonLinesAreDocuments()
    {
        for (var i = 0; i < 3; i++) await _gateway.DecideAsync("read:file", $"{_cli.Project}/f{i}");

        var array = JsonNode.Parse((await _cli.RunAsync("audit", "export", "--format", "json", "--session", "s1")).Output)!.AsArray();
        var lines = (await _cli.RunAsync("audit", "export", "--format", "jsonl", "--session", "s1")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        array.Select(e => Path.GetFileName(e!["resource"]!.GetValue<string>())).Should().Equal("f0", "f1", "f2");
        lines.Select(l => JsonNode.Parse(l)!["id"]!.GetValue<string>()).Should().Equal(array.Select(e => e!["id"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("json", "[\n]\n")]
    [InlineData("jsonl", "")]
    public async Task Export_OfNothing_IsStillADocument(string format, string expected) =>
        (await _cli.RunAsync("audit", "export", "--format", format, "--from", "2100-01-01")).Should().Be(new CliResult(0, expected, ""));

    [Fact]
    public async Task Export_ToAFile_IsPrivateAndNeverOverwrites()
    {
        var file = Path.Combine(_cli.Home, "events.jsonl");

        var result = await _cli.RunAsync("audit", "export", "--format", "jsonl", "--output", file);
        var again = await _cli.RunAsync("audit", "export", "--format", "csv", "--output", file);
        var nowhere = await _cli.RunAsync("audit", "export", "--format", "csv", "--output", "none/events.csv");

        result.Should().Be(new CliResult(0, "Exported 3 events to ~/events.jsonl.\n", ""));
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllLines(file).Should().HaveCount(3);
        again.Should().Be(new CliResult(6, "", $"guard: {file} exists already; nothing was exported\n"));
        nowhere.ExitCode.Should().Be(6);
        Directory.GetFiles(_cli.Home).Should().Equal(file);
    }

    [Fact]
    public async Task Export_ThatIsCut_LeavesNoFile()
    {
        var file = Path.Combine(_cli.Home, "events.csv");
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        var result = await _cli.RunAsync(stopped.Token, "audit", "export", "--format", "csv", "--output", file);

        result.ExitCode.Should().Be(6);
        Directory.GetFiles(_cli.Home).Should().BeEmpty();
    }

    [Fact]
    public async Task Export_Progress_IsForATerminalAlone()
    {
        for (var i = 0; i < 510; i++) await _gateway.DecideAsync("read:file", $"{_cli.Project}/f{i}");
        (await _cli.RunAsync("audit", "export", "--format", "csv")).Error.Should().BeEmpty();

        _cli.IsErrorTerminal = true;
        (await _cli.RunAsync("audit", "export", "--format", "csv")).Error.Should().MatchRegex("^\r500 events, up to [0-9-]{10} [0-9:]{8} UTC\n$");

        _cli.IsTerminal = true;
        (await _cli.RunAsync("audit", "export", "--format", "csv")).Error.Should().BeEmpty("the events themselves go to the terminal");
    }

    [Fact]
    public async Task Events_AddedWhileReading_AreNotPartOfIt()
    {
        for (var i = 0; i < 5; i++) await _gateway.DecideAsync("read:file", $"{_cli.Project}/f{i}");
        using var client = await _gateway.AdminClientAsync();
        var read = new List<long>();

        await foreach (var e in client.QueryAuditAsync(new AuditFilter { Limit = 2 }))
        {
            read.Add(e.Position);
            await _gateway.DecideAsync("read:file", _cli.Project + "/later");
        }

        read.Should().Equal(1, 2, 3, 4, 5, 6, 7, 8);
    }

    [Fact]
    public async Task Export_OfAnUnknownFormat_IsUsage()
    {
        var result = await _cli.RunAsync("audit", "export", "--format", "xlsx");

        result.ExitCode.Should().Be(2);
        result.ErrorLine.Should().Contain("'xlsx'").And.Contain("jsonl");
    }
}
