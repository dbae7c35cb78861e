using System.Globalization;
using System.Text;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Agents.Shell;
using Guard.Hook.Gateway;
using Guard.Hook.Native;
using Guard.Hook.Settings;
using Guard.Hook.Spool;
using Guard.Protocol;

namespace Guard.Hook.Commands;

/// <summary>What the three commands share: deadline, settings, place, and the identity of this request.</summary>
internal sealed class HookRun
{
    private readonly CommandLine _command;
    private string? _home;
    private ToolCall? _facts;
    private int? _state;
    private int? _names;
    private SpoolFile? _spoolFile;
    private bool _isSpoolOpen;

    public HookRun(CommandLine command, string traceId)
    {
        _command = command;
        TraceId = traceId;
        Deadline = Deadline.After(command.DeadlineSeconds);
    }

    public string TraceId { get; }

    public Deadline Deadline { get; }

    public HookSettings Settings => field ??= SettingsSource.Find(_command, () => Home);

    public GatewayClient Gateway => field ??= new(Settings, Deadline);

    /// <summary>Where what no gateway took is kept.</summary>
    public HookSpool Spool => field ??= new(_isSpoolOpen ? _spoolFile : SpoolFile.In(StateFolder()), TraceId, () => Gateway);

    /// <summary>The account's home folder.</summary>
    public string? Home => _home ??= Account.Home();

    /// <summary>The project folder as the registration or the client states it.</summary>
    public string? Workspace => _command.Workspace ?? Environment.GetEnvironmentVariable("CLAUDE_PROJECT_DIR");

    /// <summary>Opens all that needs the group of a managed installation: settings, request counter, connection.</summary>
    /// <exception cref="HookFailure">One of them is not to be had.</exception>
    public void OpenProtected()
    {
        if (SettingsSource.Overruled(_command, Settings) is { } note) Descriptor.WriteAll(2, Encoding.UTF8.GetBytes($"guard: {note}\n"));
        _state = InstallationState.Open(StateFolder());
        _names = WalkNamesFile.Open(StateFolder());
        (_spoolFile, _isSpoolOpen) = (SpoolFile.InProtected(StateFolder()), true);
        Gateway.OpenProtected();
    }

    /// <param name="input">What the client says.</param>
    /// <param name="walk">What to look for in subtrees; null: what the last answer that named it said.</param>
    public AdapterContext PlaceOf(ClaudeCodeInput input, WalkNames? walk = null) => new()
    {
        Paths = new MachinePathView(),
        Home = Home,
        HomeVariable = Environment.GetEnvironmentVariable("HOME"),
        Workspace = Workspace,
        Shell = ShellEnvironment.OfProcess(),
        Walk = () => walk ??= WalkNamesFile.Read(NamesFile),
        ManualFolder = input.SessionId is null ? CurrentFolder() : null,
    };

    /// <summary>The call with what its workspace says of itself.</summary>
    /// <exception cref="UnreadableInputException">The workspace's policy cannot be sent.</exception>
    public ToolCall WithFacts(ToolCall call) => _facts = _facts is { } known
        ? call with { Project = known.Project, Branch = known.Branch, Host = known.Host, Policy = known.Policy }
        : WorkspaceFacts.AddTo(call, new MachinePathView(), Account.HostName());

    public HookInfo Identity()
    {
        var (installation, sequence) = InstallationState.Next(_state ?? InstallationState.Open(StateFolder()));
        return new HookInfo
        {
            Version = HookVersion.Text,
            ClientVersion = ClientVersion.Read(Environment.GetEnvironmentVariable("AI_AGENT")),
            Analyser = Wire.AnalyserVersion,
            AgentName = Settings.AgentName ?? Account.HostName(),
            Installation = installation,
            Sequence = sequence,
        };
    }

    /// <summary>
    /// Asks the gateway. From here on a denial that the hook makes by itself is kept in the spool, whoever makes it; a decision
    /// hands over what is there.
    /// </summary>
    /// <exception cref="HookFailure">There is no decision, with the reason.</exception>
    public DecisionResponse Decide(HookInfo identity, AdaptedCall adapted, ToolInput input)
    {
        var request = RequestWriter.Decision(TraceId, identity, Settings.Audit, adapted, input);
        KeepDenials(identity, request, () => RequestWriter.Decision(TraceId, identity, Settings.Audit, adapted with { Accesses = [adapted.Accesses[0]] }, ToolInput.None));
        try
        {
            var decision = Gateway.Decide(TraceId, request);
            Verdict.Afterwards = _ => Spool.HandOver(Deadline);
            return decision;
        }
        catch (GatewayRefusal refusal) when (refusal.IsFinal)
        {
            // The gateway could not make sense of it, and would refuse it again.
            KeepDenials(identity, default, null);
            throw;
        }
    }

    /// <summary>A denial that the hook makes by itself from now on is kept in the spool, because its number is taken.</summary>
    public void KeepDenials(HookInfo identity, ReadOnlyMemory<byte> request = default, Func<ReadOnlyMemory<byte>>? shorter = null) =>
        Verdict.Afterwards = answer => Spool.KeepDenial(identity, answer, request, shorter);

    /// <summary>Keeps what to look for in subtrees for the next call.</summary>
    public void Keep(WalkNames names) => WalkNamesFile.Keep(NamesFile, names);

    private int NamesFile => _names ??= WalkNamesFile.Open(StateFolder());

    // Accounts share the machine's settings and not a file: whoever makes it owns it.
    private string? StateFolder() => Settings is { FromMachine: true, StateDirectory: { } shared }
        ? $"{shared}/{Libc.GetUserId().ToString(CultureInfo.InvariantCulture)}"
        : Settings.StateDirectory;

    private static string? CurrentFolder()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            // It was deleted; relative paths are then unknown.
            return null;
        }
    }
}
