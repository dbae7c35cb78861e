using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Guard.Cli.Doctor;
using Guard.Cli.Terminal;

namespace Guard.Cli.Tests.Doctor;

public sealed class DoctorTests : IDisposable
{
    /// <summary>Denies as the floor does what writes, and has no objection to the rest.</summary>
    private const string FairHook = """
        #!/bin/sh
        case "$(cat)" in
          *'"tool_name":"Write"'*) echo 'guard: denied by policy floor, rule client-settings: The settings hold the hook. (trace t)' >&2; exit 2 ;;
        esac
        """;

    private const string Policy = "name: team\nappliesTo: { tags: [claude-code] }\nrules:\n  - { id: all, effect: allow, actions: [\"*\"] }\n";

    private readonly CliHarness _cli = new CliHarness().WithInstallation();

    private string Local => Path.Combine(_cli.Project, ".claude", "settings.local.json");

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Installation_InOrder_HasNoFindings()
    {
        await using var gateway = await StartAsync(Policy);

        var result = await _cli.RunAsync("doctor");

        result.Output.Should().Contain("All is well.").And.Contain("must be denied: it is\n").And.Contain("must be allowed: it is\n");
        result.Output.Should().Contain("a user installation stops tool calls, not code that already runs as you");
        result.ExitCode.Should().Be(ExitCodes.Done);
    }

    public static TheoryData<string, string> Troubles => new()
    {
        { "nothing is registered", "hook.missing" },
        { "a copy with weaker options", "hook.shadowed" },
        { "changes are not watched", "hook.changes-unwatched" },
        { "a void file", "settings.void" },
        { "the client objects", "settings.void" },
        { "hooks are off", "hooks.disabled" },
        { "another hook", "hook.other-may-rewrite" },
        { "environment in the project", "environment.reaches-hook" },
        { "settings from the environment", "environment.reaches-hook" },
        { "an old client", "client.too-old" },
        { "no client", "client.missing" },
        { "no hook", "hook.program" },
        { "broken hook settings", "hook.settings" },
        { "audit mode", "mode.audit" },
        { "no gateway", "gateway.unreachable" },
        { "a hook that lets all pass", "canary.not-denied" },
        { "a hook that denies all", "canary.not-allowed" },
        { "a key that is refused", "key.refused" },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Trouble_IsFoundWithItsRemedy(string trouble, string code)
    {
        CliHarness.Write(Path.Combine(_cli.GuardFolder, "hook.json"), """{"gatewayUrl":"unix:/nowhere/g.sock","apiKey":"guard_agent_x"}""");
        await _cli.RunAsync("init");
        CliHarness.WriteProgram(_cli.HookPath, FairHook);
        Cause(trouble);

        var result = await _cli.RunAsync("doctor", "--json");

        result.ExitCode.Should().Be(ExitCodes.Negative, result.Error);
        var findings = JsonDocument.Parse(result.Output).RootElement.GetProperty("findings").EnumerateArray().ToList();
        findings.Should().Contain(finding => finding.GetProperty("code").GetString() == code, result.Output);
        findings.Should().OnlyContain(finding => finding.GetProperty("remedy").GetString()!.Length > 0);
    }

    [Theory]
    [InlineData(null, "policy.none")]
    [InlineData("name: team\nappliesTo: { tags: [somebody-else] }\nrules:\n  - { id: all, effect: allow, actions: [\"*\"] }\n", "policy.applies-to-nobody")]
    public async Task Policies_ThatGovernNobody_AreFound(string? policy, string code)
    {
        await using var gateway = await StartAsync(policy);

        (await CodesAsync()).Should().Equal(code);
    }

    [Fact]
    public async Task Key_ThatExpiresSoon_IsFound()
    {
        await using var gateway = await StartAsync(Policy);
        var agent = JsonDocument.Parse((await _cli.RunAsync("agent", "list", "--json")).Output.Split('\n')[0]).RootElement;
        var name = (agent.ValueKind == JsonValueKind.Array ? agent[0] : agent.TryGetProperty("agents", out var list) ? list[0] : agent).GetProperty("name").GetString()!;
        (await _cli.RunAsync("agent", "rotate", name, "--overlap", "1h")).ExitCode.Should().Be(ExitCodes.Done);

        (await CodesAsync()).Should().Equal("key.expires");
    }

    [Fact]
    public async Task Clock_ThatIsOff_IsFound()
    {
        await using var gateway = await StartAsync(Policy);

        (await CodesAsync(new ShiftedClock(TimeSpan.FromMinutes(-10)))).Should().Contain("clock.off");
    }

    [Fact]
    public async Task Cause_OfSeveralTroubles_IsOneFinding()
    {
        CliHarness.Write(Path.Combine(_cli.GuardFolder, "hook.json"), """{"gatewayUrl":"unix:/nowhere/g.sock","apiKey":"guard_agent_x"}""");
        await _cli.RunAsync("init");
        CliHarness.WriteProgram(_cli.HookPath, "#!/bin/sh\necho 'guard: denied: the gateway at unix:/nowhere/g.sock cannot be reached.' >&2\nexit 2\n");

        var result = await _cli.RunAsync("doctor");

        result.Output.Should().Contain("must be denied: it is, but not by the floor\n").And.Contain("must be allowed: it is denied\n").And.Contain("gateway.unreachable: ").And.Contain("\n1 finding.\n");
        CliHarness.WriteProgram(_cli.HookPath, "#!/bin/sh\n");
        (await CodesAsync()).Should().Equal("gateway.unreachable", "canary.not-denied");
    }

    [Fact]
    public async Task Gateway_ThatTheHookAloneDoesNotReach_IsOneFinding()
    {
        await using var gateway = await StartAsync(Policy);
        CliHarness.WriteProgram(_cli.HookPath, "#!/bin/sh\necho 'guard: denied: the gateway at unix:/g did not answer within 10 s.' >&2\nexit 2\n");

        (await CodesAsync()).Should().Equal("gateway.unreachable");
    }

    [Fact]
    public async Task Text_OnATerminal_IsBrokenBetweenWords()
    {
        _cli.IsTerminal = true;
        _cli.Width = 60;

        var result = await _cli.RunAsync("doctor");

        result.Output.Split('\n').Should().OnlyContain(line => line.Length <= 60);
        result.Output.ReplaceLineEndings(" ").Replace("   ", " ", StringComparison.Ordinal).Should().Contain("hook.missing: no settings that the client reads here");
    }

    [Fact]
    public async Task Key_MadeWithAnEndThatIsNear_IsFound()
    {
        await using var gateway = await StartAsync(Policy);
        var settings = Path.Combine(_cli.GuardFolder, "hook.json");
        File.Delete(settings);
        (await _cli.RunAsync("agent", "create", "short", "--tag", "claude-code", "--expires", "13d", "--write-hook-config", settings)).ExitCode.Should().Be(ExitCodes.Done);

        (await CodesAsync()).Should().Equal("key.expires");
        (await CodesAsync(new ShiftedClock(TimeSpan.FromDays(-2)))).Should().NotContain("key.expires");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task Clock_OverHttps_IsComparedToo(int minutesOff)
    {
        var certificate = MakeCertificate();
        await using var gateway = await StartAsync(Policy, "--https", "127.0.0.1:0", "--certificate", certificate, "--key", certificate);
        var address = Regex.Match(gateway.Output, "https://127.0.0.1:[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        CliHarness.Write(Path.Combine(_cli.GuardFolder, "hook.json"), $$"""{"gatewayUrl":"{{address}}","apiKey":"guard_agent_x","caFile":"{{certificate}}"}""");

        var codes = await CodesAsync(new ShiftedClock(TimeSpan.FromMinutes(minutesOff)));

        codes.Should().Equal(minutesOff == 0 ? [] : ["clock.off"]);
    }

    [Fact]
    public async Task Authorities_ThatAreMissing_AreFound()
    {
        CliHarness.Write(Path.Combine(_cli.GuardFolder, "hook.json"), """{"gatewayUrl":"https://127.0.0.1:1","apiKey":"guard_agent_x","caFile":"/nowhere/ca.pem"}""");
        await _cli.RunAsync("init");
        CliHarness.WriteProgram(_cli.HookPath, FairHook);

        (await CodesAsync()).Should().Equal("hook.settings");
    }

    [Fact]
    public async Task AdminKey_ThatIsNone_IsFound()
    {
        await using var gateway = await StartAsync(Policy);
        CliHarness.Write(Path.Combine(_cli.GuardFolder, "admin.key"), "not a key");

        (await CodesAsync()).Should().Equal("key.refused");
    }

    [Fact]
    public void Document_ListsEveryCode()
    {
        var codes = typeof(FindingCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")).Should().ContainAll(codes.Select(code => $"| `{code}` |"));
    }

    private string MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=gateway", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_cli.Home, "gateway.pem");
        CliHarness.Write(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private async Task<RunningGateway> StartAsync(string? policy, params string[] more)
    {
        var policies = more;
        if (policy is not null)
        {
            CliHarness.Write(Path.Combine(_cli.Project, "policies", "team.yaml"), policy);
            policies = [.. more, "--policies", Path.Combine(_cli.Project, "policies")];
        }

        File.Delete(Path.Combine(_cli.GuardFolder, "hook.json"));
        var gateway = await RunningGateway.StartAsync(_cli, policies);
        await _cli.RunAsync("init");
        CliHarness.WriteProgram(_cli.HookPath, FairHook);
        return gateway;
    }

    private async Task<IReadOnlyList<string>> CodesAsync(TimeProvider? clock = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = _cli.Context(output, error);
        await CommandRunner.RunAsync(context with { Time = clock ?? TimeProvider.System }, ["doctor", "--json"], CancellationToken.None);
        return [.. JsonDocument.Parse(output.ToString()).RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()!)];
    }

    private void Cause(string trouble)
    {
        switch (trouble)
        {
            case "nothing is registered":
                File.Delete(_cli.ProjectSettings);
                break;
            case "a copy with weaker options":
                CliHarness.Write(Local, File.ReadAllText(_cli.ProjectSettings).Replace("\"onFailure\": \"block\"", "\"async\": true", StringComparison.Ordinal));
                break;
            case "changes are not watched":
                ChangeProject(settings => settings["hooks"]!.AsObject().Remove("ConfigChange"));
                break;
            case "a void file":
                CliHarness.Write(Local, """{"model":5}""");
                break;
            case "the client objects":
                CliHarness.WriteProgram(Path.Combine(_cli.Bin, "claude"), $"#!/bin/sh\n[ \"$1\" = doctor ] || {{ echo '2.1.329 (Claude Code)'; exit; }}\necho 'Invalid settings'\necho '- {_cli.ProjectSettings}: wrong'\n");
                break;
            case "hooks are off":
                CliHarness.Write(Local, """{"disableAllHooks":true}""");
                break;
            case "another hook":
                CliHarness.Write(Local, """{"hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"/x/other"}]}]}}""");
                break;
            case "environment in the project":
                CliHarness.Write(Local, """{"env":{"LD_PRELOAD":"/x/evil.so"}}""");
                break;
            case "settings from the environment":
                CliHarness.Write(_cli.ProjectSettings, File.ReadAllText(_cli.ProjectSettings).Replace("\"--config\"", "\"--config-from-env\"", StringComparison.Ordinal));
                break;
            case "an old client":
                CliHarness.WriteProgram(Path.Combine(_cli.Bin, "claude"), "#!/bin/sh\necho '2.1.200 (Claude Code)'\n");
                break;
            case "no client":
                File.Delete(Path.Combine(_cli.Bin, "claude"));
                break;
            case "no hook":
                File.Delete(_cli.HookPath);
                break;
            case "broken hook settings":
                CliHarness.Write(Path.Combine(_cli.GuardFolder, "hook.json"), "{");
                break;
            case "audit mode":
                CliHarness.Write(Path.Combine(_cli.GuardFolder, "hook.json"), """{"gatewayUrl":"unix:/nowhere/g.sock","apiKey":"guard_agent_x","mode":"audit"}""");
                break;
            case "a hook that lets all pass":
                CliHarness.WriteProgram(_cli.HookPath, "#!/bin/sh\ncat >/dev/null\n");
                break;
            case "a hook that denies all":
                CliHarness.WriteProgram(_cli.HookPath, CliHarness.FloorHook);
                break;
            case "a key that is refused":
                CliHarness.WriteProgram(_cli.HookPath, "#!/bin/sh\necho 'guard: denied: the gateway at unix:/g refused the request (401, The API key was revoked).' >&2\nexit 2\n");
                break;
        }
    }

    private void ChangeProject(Action<JsonNode> change)
    {
        var settings = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!;
        change(settings);
        CliHarness.Write(_cli.ProjectSettings, settings.ToJsonString());
    }

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
