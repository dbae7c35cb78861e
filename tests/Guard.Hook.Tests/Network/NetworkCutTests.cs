using Guard.Gateway.Tests;
using Guard.Gateway.Tests.Audit;
using Guard.Gateway.Tests.Network;
using Guard.Hook.Tests.Gateway;
using Guard.Protocol;
using Xunit.Abstractions;

namespace Guard.Hook.Tests.Network;

/// <summary>
/// Hook and gateway on two hosts, and the network between them cut and healed: every call is denied meanwhile, and what the hook
/// kept stands in the record once afterwards.
/// </summary>
[Collection(HookProcesses.Name)]
public sealed class NetworkCutTests(HookBinary hook, ITestOutputHelper output) : IAsyncLifetime
{
    private const string Policy = """
        name: everything
        version: "1.0"
        rules:
          - { id: everything, effect: allow, actions: ["*"] }
        """;

    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");
    private static readonly byte[] Post = HookBinary.Sample("post-bash.json");

    private readonly TemporaryFolder _folder = new();
    private SeparatedNetwork _network = null!;
    private KilledGateway _gateway = null!;

    // One installation with two settings: who waits longer than the network is cut, and who gives up before.
    private HookHome _patient = null!;
    private HookHome _impatient = null!;

    public async Task InitializeAsync()
    {
        if (NetworkNeeds.Missing.Value is not null)
        {
            return;
        }

        _network = new SeparatedNetwork();
        var authority = TestCertificates.Authority("CN=Guard Test Authority");
        TestCertificates.Write(TestCertificates.Issue(authority, _network.Far.Address, 1), _folder.Path);
        var caFile = _folder.Write("authority.pem", authority.ExportCertificatePem());
        _folder.Write("policies/everything.yaml", Policy);
        var address = _network.Far.Address + ":8443";
        _gateway = new KilledGateway(_folder, "honest") { Host = _network.Far, Https = (address, _folder.Path) };
        await _gateway.StartAsync();
        _patient = new HookHome("https://" + address, new { caFile, apiKey = _gateway.AgentKey, timeoutSeconds = 20 });
        _impatient = new HookHome("https://" + address, new { caFile, apiKey = _gateway.AgentKey, timeoutSeconds = 4, stateDirectory = Path.Combine(_patient.Folder, "state") });
    }

    [NetworkTheory]
    [InlineData(NetworkCut.Link)]
    [InlineData(NetworkCut.Silence)]
    [InlineData(NetworkCut.Answers)]
    public async Task Network_CutBeforeTheCalls_TheyAreDenied_AndStandInTheRecordOnceAfterwards(NetworkCut how)
    {
        var denied = new List<string>();
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            Pre(_patient).ShouldBeSilent();
            _network.Cut(how);
            var calls = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Pre(_impatient))));
            denied.AddRange(calls.Select(static call => call.ShouldDeny("the gateway").Error.TrimEnd()));
            Report().ShouldBeSilent();
            _network.Heal();
            Flush();
        }

        var kept = await _gateway.EventsAsync("kind=" + AuditKinds.HookDenied);
        kept.Select(static e => e.Reason).Should().BeEquivalentTo(denied);
        kept.Select(static e => e.TraceId).Should().OnlyHaveUniqueItems();
        var decisions = await _gateway.EventsAsync("kind=" + AuditKinds.Decision);
        decisions.Should().HaveCount(TestRuns.Faults, "what was denied meanwhile reached nobody");
        (await _gateway.EventsAsync("kind=" + AuditKinds.Outcome)).Select(static e => e.TraceId).Should().BeEquivalentTo(decisions.Select(static e => e.TraceId), "how they ended was kept and handed over");
        (await _gateway.EventsAsync("kind=" + AuditKinds.OutcomeRefused)).Should().BeEmpty();
        output.WriteLine($"cut before the calls ({how}): {TestRuns.Faults} faults, {denied.Count} calls denied, 0 let through, {kept.Count} denials and {decisions.Count} outcomes in the record, each once");
    }

    /// <summary>The request has arrived and is decided; the answer is still to come. What the gateway allowed does not happen.</summary>
    [NetworkTheory]
    [InlineData(NetworkCut.Link)]
    [InlineData(NetworkCut.Silence)]
    [InlineData(NetworkCut.Answers)]
    public async Task Network_CutBetweenRequestAndAnswer_TheCallIsDenied_AndTheRecordSaysBoth(NetworkCut how)
    {
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await _gateway.HoldAsync(AuditKinds.Decision);
            var call = Task.Run(() => Pre(_impatient));
            await HeldAsync(call);
            _network.Cut(how);
            await _gateway.GoAsync();
            (await call).ShouldDeny("the gateway");
            _network.Heal();
            Flush();
        }

        var decisions = await _gateway.EventsAsync("kind=" + AuditKinds.Decision);
        var kept = await _gateway.EventsAsync("kind=" + AuditKinds.HookDenied);
        decisions.Should().HaveCount(TestRuns.Faults).And.OnlyContain(static e => e.Answer == Effects.Allow);
        kept.Select(static e => e.TraceId).Should().BeEquivalentTo(decisions.Select(static e => e.TraceId));
        output.WriteLine($"cut between request and answer ({how}): {TestRuns.Faults} faults, {kept.Count} calls denied, 0 let through, {decisions.Count} decisions and {kept.Count} denials in the record, each once");
    }

    [NetworkFact]
    public async Task Network_CutBetweenOutcomeAndAnswer_TheOutcomeStandsOnce()
    {
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            Pre(_patient).ShouldBeSilent();
            await _gateway.HoldAsync(AuditKinds.Outcome);
            var report = Task.Run(() => Report());
            await HeldAsync(report);
            _network.Cut(NetworkCut.Silence);
            await _gateway.GoAsync();
            (await report).ShouldBeSilent();
            _network.Heal();
            Flush();
        }

        var decisions = await _gateway.EventsAsync("kind=" + AuditKinds.Decision);
        (await _gateway.EventsAsync("kind=" + AuditKinds.Outcome)).Select(static e => e.TraceId).Should().BeEquivalentTo(decisions.Select(static e => e.TraceId));
        (await _gateway.EventsAsync("kind=" + AuditKinds.OutcomeRefused)).Should().HaveCount(TestRuns.Faults, "that it came again is said").And.OnlyContain(static e => e.Spooled != null);
    }

    [NetworkFact]
    public async Task Network_CutBetweenHandOverAndAnswer_EachLineStandsOnce()
    {
        var denied = new List<string>();
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            _network.Cut(NetworkCut.Silence);
            denied.Add(Pre(_impatient).ShouldDeny("the gateway").Error.TrimEnd());
            _network.Heal();
            await _gateway.HoldAsync(AuditKinds.HookDenied);
            var held = _gateway.HeldAsync();
            Task<HookResult> call;
            do
            {
                // On a busy machine half a second can be too short for a hand-over to arrive: then it is the next call's.
                call = Task.Run(() => Pre(_patient));
                await Task.WhenAny(held, call);
            }
            while (!held.IsCompleted);
            await held;
            _network.Cut(NetworkCut.Silence);
            await _gateway.GoAsync();
            (await call).ShouldBeSilent();
            _network.Heal();
            Spooled().Should().NotBeEmpty("nobody has said that the line is settled");
            Flush();
        }

        (await _gateway.EventsAsync("kind=" + AuditKinds.HookDenied)).Select(static e => e.Reason).Should().BeEquivalentTo(denied);
    }

    /// <summary>Without the spool the denials are lost to the record: so the other tests could see it.</summary>
    [NetworkFact]
    public async Task Network_CutUnderAHookThatKeepsNothing_DenialsAreFoundMissing()
    {
        using var forgetful = new HookHome(_patient.Url, new { caFile = _folder.File("authority.pem"), apiKey = _gateway.AgentKey, timeoutSeconds = 4, stateDirectory = "/proc/none" });
        _network.Cut(NetworkCut.Silence);
        Pre(forgetful).ShouldDeny("the gateway");
        _network.Heal();

        Pre(forgetful).ShouldBeSilent();
        hook.Run(["flush", "--config", forgetful.Config], [], host: _network.Near).ExitCode.Should().Be(0);

        (await _gateway.EventsAsync("kind=" + AuditKinds.Decision)).Should().ContainSingle();
        (await _gateway.EventsAsync("kind=" + AuditKinds.HookDenied)).Should().BeEmpty();
    }

    public Task DisposeAsync()
    {
        _impatient?.Dispose();
        _patient?.Dispose();
        _gateway?.Dispose();
        _network?.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private async Task HeldAsync(Task<HookResult> call)
    {
        var held = _gateway.HeldAsync();
        (await Task.WhenAny(held, call)).Should().Be(held, "the hook must not give up before its request has arrived");
        await held;
    }

    private HookResult Pre(HookHome home) => hook.Run(home.Pre(), GitStatus, host: _network.Near);

    private HookResult Report() => hook.Run(["post", "--config", _impatient.Config], Post, host: _network.Near);

    private void Flush()
    {
        var result = hook.Run(["flush", "--config", _patient.Config], [], host: _network.Near);
        result.ExitCode.Should().Be(0, result.Error);
        Spooled().Should().BeEmpty();
    }

    private byte[] Spooled() => File.ReadAllBytes(Path.Combine(_patient.Folder, "state", "spool"));
}
