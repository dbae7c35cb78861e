using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>A client in a project that <c>guard init</c> has registered Guard in.</summary>
internal sealed class GuardedBench(ClientBench client, Gateway gateway)
{
    public Gateway Gateway => gateway;

    public CaseFolder Folder => client.Folder;

    /// <summary>Registers Guard in the case's project and plays the case with a gateway that other cases use too.</summary>
    public static Task PlayAsync(Gateway gateway, Func<GuardedBench, Task> play) => ClientBench.PlayAsync(async client =>
    {
        var bench = new GuardedBench(client, gateway);
        await bench.InitAsync("--project");
        await play(bench);
    });

    /// <summary>The same with a gateway of its own, which the case may break.</summary>
    public static Task PlayAloneAsync(string policy, Func<GuardedBench, Task> play) => ClientBench.PlayAsync(async client =>
    {
        await using var gateway = await Gateway.StartAsync(policy);
        var bench = new GuardedBench(client, gateway);
        await bench.InitAsync("--project");
        await play(bench);
    });

    /// <summary>Runs <c>guard init</c> in the case's project and expects success.</summary>
    public async Task InitAsync(params string[] arguments)
    {
        var result = await TryInitAsync(arguments);
        result.ExitCode.Should().Be(0, "`guard init {0}` said: {1}{2}", string.Join(' ', arguments), result.StandardOutput, result.StandardError);
    }

    public Task<ProgramResult> TryInitAsync(params string[] arguments) => new ProgramRun(GuardDistribution.Command)
    {
        Arguments = ["init", .. arguments, "--data", gateway.Data],
        Folder = Folder.Project,
        Log = Folder.Log("init"),
        Environment = GuardEnvironment.Of(Folder),
    }.RunAsync();

    /// <summary>Runs the client with its permissions skipped: only Guard stands between the model and its tools.</summary>
    public Task<ClientRun> RunAsync(params ToolUse[] calls) => client.RunAsync(calls);

    public Task<ClientRun> RunAsync(ModelScript script, ClientOptions options) => client.RunAsync(script, options);

    public Task<IReadOnlyList<AuditEvent>> EventsOfAsync(ClientRun run) => gateway.EventsOfAsync(run.SessionId);

    /// <summary>The recorded decision on a call.</summary>
    public async Task<AuditEvent> DecisionOnAsync(ClientRun run, ToolUse call)
    {
        var events = await EventsOfAsync(run);
        return events.Should().ContainSingle(item => item.Kind == AuditKinds.Decision && item.ToolUseId == call.Id).Subject;
    }

    public bool Exists(string relative) => File.Exists(Folder.InProject(relative)) || Directory.Exists(Folder.InProject(relative));
}
