using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Tests;

/// <summary>Ordinary requests and policies, for tests to bend.</summary>
internal static class Some
{
    public const string Workspace = "/home/dev/app";

    /// <summary>One rule for each effect.</summary>
    public const string Policy = """
        name: everyday
        version: "1.0"
        rules:
          - id: project-files
            effect: allow
            actions: ["read:file"]
            conditions:
              resource: { matches: ["./**"] }
          - id: credentials
            effect: deny
            actions: ["read:file", "write:file"]
            conditions:
              resource: { matches: ["**/.env*"] }
            reason: "Credential files are off limits."
          - id: changes
            effect: ask
            actions: ["write:file"]
            conditions:
              resource: { matches: ["./**"] }
            reason: "A person looks at changes."
          - id: release
            effect: approve
            actions: ["write:web"]
            reason: "Releases need a second pair of eyes."
          - id: status
            effect: allow
            grant: true
            actions: ["execute:shell"]
            conditions:
              resource: { startsWith: "git status " }
        """;

    public static string Trace() => Guid.CreateVersion7().ToString();

    public static DecisionRequest Read(string path = Workspace + "/README.md", string? session = "session-1") =>
        Call(Actions.ReadFile, path, "Read") is var request ? request with { Call = request.Call with { SessionId = session } } : null!;

    public static DecisionRequest Write(string path = Workspace + "/src/a.cs") => Call(Actions.WriteFile, path, "Write");

    public static DecisionRequest Call(string action, string resource, string tool) => new()
    {
        Version = Wire.Version,
        TraceId = Trace(),
        Hook = new HookInfo { Version = "0.1.0", ClientVersion = "2.1.329", Analyser = Wire.AnalyserVersion, AgentName = "dev-box", Installation = "i-1", Sequence = 1 },
        Call = new ToolCall
        {
            Client = "claude-code",
            Event = "PreToolUse",
            Tool = tool,
            Input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["resource"] = resource }),
            ToolUseId = "toolu_" + Guid.NewGuid().ToString("N"),
            SessionId = "session-1",
            Cwd = Workspace,
            Workspace = new Place { Written = Workspace, Real = Workspace },
            Homes = [new Place { Written = "/home/dev", Real = "/home/dev" }],
            PermissionMode = "default",
        },
        Accesses =
        [
            new Access
            {
                Action = action,
                Resource = resource,
                Real = action.EndsWith(":file", StringComparison.Ordinal) ? resource : null,
                Words = action == Actions.ExecuteShell ? resource.Split(' ') : null,
                Canonical = action == Actions.ExecuteShell ? resource : null,
                Primary = true,
            },
        ],
    };

    public static OutcomeRequest Outcome(string? trace) => new()
    {
        Version = Wire.Version,
        Hook = new HookInfo { Version = "0.1.0", Analyser = Wire.AnalyserVersion, Installation = "i-1", Sequence = 2 },
        TraceId = trace,
        Client = "claude-code",
        Event = "PostToolUse",
        Tool = "Read",
        Outcome = Outcomes.Succeeded,
        DurationMs = 12,
        OutputBytes = 120,
        OutputDigest = "sha256:" + new string('a', 64),
    };
}
