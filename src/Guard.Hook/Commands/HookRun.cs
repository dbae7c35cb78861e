using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Hook.Gateway;
using Guard.Hook.Native;
using Guard.Hook.Settings;
using Guard.Protocol;

namespace Guard.Hook.Commands;

/// <summary>What the three commands share: deadline, settings, place, and the identity of this request.</summary>
internal sealed class HookRun
{
    private readonly CommandLine _command;
    private readonly string? _home = Account.Home();

    public HookRun(CommandLine command, string traceId)
    {
        _command = command;
        TraceId = traceId;
        Deadline = Deadline.After(command.DeadlineSeconds);
    }

    public string TraceId { get; }

    public Deadline Deadline { get; }

    public HookSettings Settings => field ??= SettingsSource.Find(_command, _home);

    public GatewayClient Gateway => new(Settings, Deadline);

    /// <summary>The account's home folder.</summary>
    public string? Home => _home;

    /// <summary>The project folder as the registration or the client states it.</summary>
    public string? Workspace => _command.Workspace ?? Environment.GetEnvironmentVariable("CLAUDE_PROJECT_DIR");

    public AdapterContext PlaceOf(ClaudeCodeInput input) => new()
    {
        Paths = new MachinePathView(),
        Home = _home,
        HomeVariable = Environment.GetEnvironmentVariable("HOME"),
        Workspace = Workspace,
        ManualFolder = input.SessionId is null ? CurrentFolder() : null,
    };

    public HookInfo Identity()
    {
        var (installation, sequence) = InstallationState.Next(Settings.StateDirectory);
        return new HookInfo
        {
            Version = HookVersion.Text,
            Analyser = Wire.AnalyserVersion,
            AgentName = Settings.AgentName ?? Account.HostName(),
            Installation = installation,
            Sequence = sequence,
        };
    }

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
