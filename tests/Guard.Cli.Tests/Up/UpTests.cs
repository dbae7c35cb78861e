using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Up;

public sealed class UpTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    private string AdminKey => Path.Combine(_cli.Home, "admin.key");

    [Fact]
    public async Task Up_FirstStart_WritesTheHooksSettingsForTheOwnerAlone()
    {
        await using var gateway = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--agent", "dev", "--admin-key-file", AdminKey]);

        var config = Path.Combine(_cli.GuardFolder, "hook.json");
        File.GetUnixFileMode(config).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(_cli.GuardFolder).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var settings = JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        settings.Select(p => p.Key).Should().Equal("gatewayUrl", "apiKey", "stateDirectory");
        settings["gatewayUrl"]!.GetValue<string>().Should().Be($"unix:{_cli.GuardFolder}/gateway.sock");
        settings["apiKey"]!.GetValue<string>().Should().StartWith("guard_agent_");
        gateway.Output.Should().Contain("first start").And.Contain("dev; its key is in ~/.guard/hook.json").And.Contain("policies      none: whatever needs an allow is denied");
    }

    [Fact]
    public async Task Up_AdminKeyFile_HoldsTheKeyAndTheScreenDoesNot()
    {
        await using var gateway = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--admin-key-file", AdminKey]);

        File.GetUnixFileMode(AdminKey).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.ReadAllText(AdminKey).Should().MatchRegex("^guard_admin_[A-Za-z0-9]{12}_[A-Za-z0-9_-]{43}\n$");
        gateway.Output.Should().NotContain("guard_admin_").And.Contain("admin key     in ~/admin.key");
    }

    [Fact]
    public async Task Up_SecondStartWithTheSameCommand_KeepsTheAdminKey()
    {
        await using (await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--admin-key-file", AdminKey]))
        {
        }

        var key = File.ReadAllText(AdminKey);
        await using var second = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--admin-key-file", AdminKey]);

        second.Output.Should().StartWith("Guard is up.\n");
        File.ReadAllText(AdminKey).Should().Be(key);
        (await _cli.RunAsync("agent", "list", "--admin-key-file", AdminKey)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Up_OnATerminal_ShowsTheAdminKeyOnceAndItWorks()
    {
        _cli.IsTerminal = true;
        _cli.Set("NO_COLOR", "1");
        await using (var first = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp"]))
        {
            var key = first.Output.Split('\n').Single(l => l.Contains("guard_admin_", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];
            _cli.Set("GUARD_ADMIN_KEY", key);
            (await _cli.RunAsync("agent", "list")).ExitCode.Should().Be(0);
        }

        await using var second = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp"]);
        second.Output.Should().StartWith("Guard is up.\n").And.NotContain("guard_admin_").And.NotContain("first start").And.NotContain("Next, in another");
    }

    [Fact]
    public async Task Up_RedirectedOutput_NeverHoldsTheAdminKey()
    {
        await using var gateway = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp"]);

        gateway.Output.Should().NotContain("guard_admin_").And.Contain("not shown, because this is no terminal");
        Directory.GetFiles(_cli.GuardFolder, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".log", StringComparison.Ordinal)).Select(File.ReadAllText).Should().NotContain(t => t.Contains("guard_admin_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Up_ResetAdminKey_RevokesTheOldOne()
    {
        await using (await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--admin-key-file", AdminKey]))
        {
        }

        var renewed = Path.Combine(_cli.Home, "new.key");
        await using var gateway = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--reset-admin-key", "--admin-key-file", renewed]);

        (await _cli.RunAsync("agent", "list", "--admin-key-file", renewed)).ExitCode.Should().Be(0);
        var old = await _cli.RunAsync("agent", "list", "--admin-key-file", AdminKey);
        old.ExitCode.Should().Be(5);
        old.ErrorLine.Should().Contain("(").And.NotContain("guard_admin_A");
    }

    [Fact]
    public async Task Up_Policies_AreInForce()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.DevAssistant);
        await using var gateway = await RunningGateway.StartAsync(_cli, "--policies", "policies");

        gateway.Output.Should().Contain("policies      dev-assistant (bundle sha256:");
        (await gateway.DecideAsync("read:file", _cli.Project + "/.env")).Rule.Should().Be("credentials");
    }

    [Fact]
    public async Task Up_Listen_AnswersOnLoopback()
    {
        var port = FreePort();
        await using var gateway = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--listen", $"localhost:{port}", "--admin-key-file", AdminKey]);

        gateway.Output.Should().Contain($"http://127.0.0.1:{port}");
        (await _cli.RunAsync("agent", "list", "--gateway", $"http://127.0.0.1:{port}", "--admin-key-file", AdminKey)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Up_Json_StatesWhereItListensWithoutKeys()
    {
        await using var gateway = await RunningGateway.StartWithAsync(_cli, "}", ["up", "--no-tcp", "--json", "--admin-key-file", AdminKey]);

        var state = JsonNode.Parse(gateway.Output)!;
        state["firstStart"]!.GetValue<bool>().Should().BeTrue();
        state["addresses"]![0]!.GetValue<string>().Should().Be($"unix:{_cli.GuardFolder}/gateway.sock");
        state["adminKeyFile"]!.GetValue<string>().Should().Be(AdminKey);
        gateway.Output.Should().NotContain("guard_agent_").And.NotContain("guard_admin_");
    }

    [Fact]
    public async Task Up_Stopped_EndsWithSuccessAndLeavesNoSocket()
    {
        var gateway = await RunningGateway.StartWithAsync(_cli, "Ctrl-C", ["up", "--no-tcp", "--admin-key-file", AdminKey]);

        (await gateway.StopAsync()).Should().Be(0);
        File.Exists(Path.Combine(_cli.GuardFolder, "gateway.sock")).Should().BeFalse();
    }

    [Fact]
    public async Task Up_BrokenPolicies_MakesNothing()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "broken.yaml"), SamplePolicies.Broken);

        var result = await _cli.RunAsync("up", "--no-tcp", "--policies", "policies", "--admin-key-file", AdminKey);

        result.ExitCode.Should().Be(3);
        result.Error.Should().StartWith("policies/broken.yaml:3:").And.EndWith($"guard: 1 error in the policies of {_cli.Project}/policies: the gateway was not started\n");
        Directory.Exists(_cli.GuardFolder).Should().BeFalse();
        File.Exists(AdminKey).Should().BeFalse();
    }

    [Fact]
    public async Task Up_NoPolicyFolder_IsRefused() =>
        (await _cli.RunAsync("up", "--no-tcp", "--policies", "nowhere")).Should().Be(new CliResult(6, "", $"guard: the policy folder {_cli.Project}/nowhere does not exist\n"));

    [Fact]
    public async Task Up_PortInUse_IsOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var result = await _cli.RunAsync("up", "--listen", $"127.0.0.1:{port}", "--admin-key-file", AdminKey);

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain($"{port}").And.Contain("use");
        File.Exists(AdminKey).Should().BeFalse("the keys of a first start that failed would be lost");
    }

    [Fact]
    public async Task Up_SecondGatewayOnTheSameData_IsOneLine()
    {
        await using var gateway = await RunningGateway.StartAsync(_cli);

        var result = await _cli.RunAsync("up", "--no-tcp");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().StartWith("guard: ");
    }

    [Fact]
    public async Task Up_DataFolderIsAFile_IsOneLine()
    {
        File.WriteAllText(_cli.GuardFolder, "");

        var result = await _cli.RunAsync("up", "--no-tcp");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain(".guard");
    }

    [Fact]
    public async Task Up_AdminKeyFileExists_IsNotOverwritten()
    {
        File.WriteAllText(AdminKey, "precious");

        var result = await _cli.RunAsync("up", "--no-tcp", "--admin-key-file", AdminKey);

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("exists already");
        File.ReadAllText(AdminKey).Should().Be("precious");
        Directory.Exists(_cli.GuardFolder).Should().BeFalse();
    }

    [Theory]
    [InlineData("guard: --listen 0.0.0.0:7411: plain http would send keys in the clear, so only a loopback address is possible; use --https for others", "--listen", "0.0.0.0:7411")]
    [InlineData("guard: --listen 127.0.0.1 is not an address with a port, as in 127.0.0.1:7411", "--listen", "127.0.0.1")]
    [InlineData("guard: --listen example.com:80 is not an address with a port, as in 127.0.0.1:7411", "--listen", "example.com:80")]
    [InlineData("guard: --listen and --no-tcp exclude each other", "--no-tcp", "--listen", "127.0.0.1:7411")]
    [InlineData("guard: --https, --certificate and --key are needed together", "--https", "0.0.0.0:8443")]
    [InlineData("guard: --https, --certificate and --key are needed together", "--certificate", "a.pem", "--https", "0.0.0.0:8443")]
    [InlineData("guard: --https, --certificate and --key are needed together", "--key", "a.pem")]
    [InlineData("guard: a new admin key is shown on a terminal alone: name a file with --admin-key-file", "--reset-admin-key")]
    public async Task Up_BadUsage_IsOneLine(string line, params string[] args) =>
        (await _cli.RunAsync(["up", .. args])).Should().Be(new CliResult(2, "", line + "\n"));

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
