using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Agents;

public sealed class KeyTests : IAsyncLifetime
{
    private readonly CliHarness _cli = new();
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(_cli, "--agent", "first");

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _cli.Dispose();
    }

    [Fact]
    public async Task Create_ForAnAuditor_ReadsTheRecordAndNothingElse()
    {
        var made = await _cli.RunAsync("key", "create", "--scope", "audit:read", "--expires", "90d", "--owner", "auditor", "--write", "auditor.key");

        made.Output.Should().MatchRegex("^Key [a-z0-9]{12} is made \\(owner auditor, scopes audit:read, until [0-9-]{10} [0-9:]{8} UTC\\)\\.\nThe key is in ~/project/auditor\\.key, for --admin-key-file\\.\n$");
        (await _cli.RunAsync("audit", "query", "--admin-key-file", "auditor.key")).ExitCode.Should().Be(0);
        (await _cli.RunAsync("audit", "stats", "--admin-key-file", "auditor.key")).ExitCode.Should().Be(0);
        foreach (var command in (string[][])[["agent", "list"], ["policy", "list"], ["agent", "revoke", "first"], ["key", "list"], ["key", "create", "--scope", "audit:read"]])
        {
            var refused = await _cli.RunAsync([.. command, "--admin-key-file", "auditor.key"]);
            refused.ExitCode.Should().Be(5, string.Join(' ', command));
            refused.ErrorLine.Should().Contain("(key-scope, status 403)");
        }
    }

    [Fact]
    public async Task Create_OfMoreThanTheCallerHas_IsRefused()
    {
        await _cli.RunAsync("key", "create", "--scope", "keys:write", "--scope", "audit:read", "--write", "limited.key");

        (await _cli.RunAsync("key", "create", "--scope", "audit:read", "--admin-key-file", "limited.key")).ExitCode.Should().Be(0);
        var refused = await _cli.RunAsync("key", "create", "--scope", "policies:write", "--admin-key-file", "limited.key");

        refused.ExitCode.Should().Be(5);
        refused.ErrorLine.Should().Contain("`policies:write`").And.Contain("cannot make");
        var first = JsonNode.Parse((await _cli.RunAsync("key", "list", "--json")).Output)!["keys"]![0]!["prefix"]!.GetValue<string>();
        (await _cli.RunAsync("key", "revoke", first, "--admin-key-file", "limited.key")).ErrorLine.Should().Contain("cannot revoke");
    }

    [Fact]
    public async Task Revoke_Key_RefusesItsNextRequestAndShowsInTheList()
    {
        var key = JsonNode.Parse((await _cli.RunAsync("key", "create", "--scope", "audit:read", "--json")).Output)!;
        var prefix = key["key"]!["prefix"]!.GetValue<string>();
        CliHarness.Write(Path.Combine(_cli.Project, "auditor.key"), key["apiKey"]!.GetValue<string>());

        (await _cli.RunAsync("key", "revoke", prefix)).Output.Should().Be($"Key {prefix} is revoked: requests with it are refused from now on.\n");

        (await _cli.RunAsync("audit", "query", "--admin-key-file", "auditor.key")).ExitCode.Should().Be(5);
        var list = (await _cli.RunAsync("key", "list")).Output;
        list.Should().MatchRegex($"\n{prefix}  \\S+ +revoked .* audit:read\n").And.MatchRegex("in force .* all\n").And.NotContain(key["apiKey"]!.GetValue<string>());
        (await _cli.RunAsync("key", "revoke", prefix)).ErrorLine.Should().Contain("key-absent");
    }

    [Fact]
    public async Task Create_OntoAFileThatExists_MakesNoKey()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "there"), "");

        (await _cli.RunAsync("key", "create", "--scope", "audit:read", "--write", "there")).ErrorLine.Should().EndWith("there exists already; no key was made");

        JsonNode.Parse((await _cli.RunAsync("key", "list", "--json")).Output)!["keys"]!.AsArray().Should().HaveCount(1);
    }

    [Fact]
    public async Task Create_UnknownScope_IsUsage() => (await _cli.RunAsync("key", "create", "--scope", "everything")).ExitCode.Should().Be(2);

    [Fact]
    public async Task Create_WithoutScope_IsUsage() => (await _cli.RunAsync("key", "create")).ErrorLine.Should().Contain("--scope");
}
