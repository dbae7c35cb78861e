namespace Guard.Cli.Tests.Connection;

public sealed class ConnectionTests : IDisposable
{
    private const string Key = "guard_admin_abcdefghijkl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task NoKey_SaysHowToGetOne()
    {
        var result = await _cli.RunAsync("agent", "list");

        result.ExitCode.Should().Be(5);
        result.ErrorLine.Should().Be("guard: no admin key: put it in GUARD_ADMIN_KEY, or in a file named with --admin-key-file or ~/.guard/admin.key; `guard up` shows it at its first start, `guard up --reset-admin-key` makes a new one");
    }

    [Theory]
    [InlineData("guard_agent_abcdefghijkl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "guard: this is an agent's key; administration needs an admin key (guard_admin_...)")]
    [InlineData("what is this", "guard: the key is malformed: letters, digits, `_` and `-` are expected, as in guard_admin_...")]
    public async Task WrongKey_IsRefusedHere(string key, string line)
    {
        _cli.Set("GUARD_ADMIN_KEY", key);

        (await _cli.RunAsync("agent", "list")).Should().Be(new CliResult(5, "", line + "\n"));
    }

    [Fact]
    public async Task KeyFile_MissingOrEmpty_SaysWhich()
    {
        (await _cli.RunAsync("agent", "list", "--admin-key-file", "none.key")).ErrorLine.Should().StartWith($"guard: the admin key in {_cli.Project}/none.key cannot be read");

        CliHarness.Write(Path.Combine(_cli.Project, "empty.key"), "\n");
        (await _cli.RunAsync("agent", "list", "--admin-key-file", "empty.key")).Should().Be(new CliResult(5, "", $"guard: {_cli.Project}/empty.key holds no admin key\n"));
    }

    [Theory]
    [InlineData("agent", "list")]
    [InlineData("audit", "tail")]
    [InlineData("audit", "query")]
    [InlineData("policy", "list")]
    [InlineData("policy", "show", "x")]
    [InlineData("policy", "remove", "x")]
    [InlineData("agent", "revoke", "x")]
    [InlineData("agent", "create", "x")]
    public async Task GatewayDown_IsOneLineAndExitCode4(params string[] args)
    {
        _cli.Set("GUARD_ADMIN_KEY", Key);

        var result = await _cli.RunAsync(args);

        result.ExitCode.Should().Be(4);
        result.ErrorLine.Should().Be($"guard: no gateway answers at unix:{_cli.GuardFolder}/gateway.sock: there is no such address. Is it running? Start it with `guard up`, or name another with --gateway.");
    }

    [Theory]
    [InlineData("http://guard.acme.example", "in the clear")]
    [InlineData("gateway.sock", "is not a gateway address")]
    public async Task GatewayAddress_Wrong_IsUsage(string address, string why)
    {
        _cli.Set("GUARD_ADMIN_KEY", Key);

        (await _cli.RunAsync("agent", "list", "--gateway", address)).Should().Match<CliResult>(r => r.ExitCode == 2 && r.Error.Contains(why));
        _cli.Set("GUARD_GATEWAY_URL", address);
        (await _cli.RunAsync("agent", "list")).Should().Match<CliResult>(r => r.ExitCode == 2 && r.Error.Contains(why));
    }

    [Fact]
    public async Task UnknownKey_IsNotAuthorised()
    {
        await using var gateway = await RunningGateway.StartAsync(_cli);
        _cli.Set("GUARD_ADMIN_KEY", Key);

        var result = await _cli.RunAsync("agent", "list");

        result.ExitCode.Should().Be(5);
        result.ErrorLine.Should().StartWith("guard: ").And.Contain("status 401").And.NotContain(Key);
    }

    [Fact]
    public async Task CaFile_WithoutCertificate_IsOneLine()
    {
        _cli.Set("GUARD_ADMIN_KEY", Key);
        CliHarness.Write(Path.Combine(_cli.Project, "ca.pem"), "nothing");

        var result = await _cli.RunAsync("agent", "list", "--gateway", "https://127.0.0.1:1", "--ca-file", "ca.pem");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("ca.pem").And.Contain("no certificate");
    }
}
