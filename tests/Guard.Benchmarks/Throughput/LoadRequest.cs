using System.Globalization;
using System.Text;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Benchmarks.Throughput;

/// <summary>The request that <c>load.c</c> sends: the bytes of a hook's, with its trace and its session's number left to that.</summary>
internal static class LoadRequest
{
    /// <summary>Writes it to the standard output.</summary>
    public static int Write(string key)
    {
        var body = JsonSerializer.Serialize(
            new DecisionRequest
            {
                Version = Wire.Version,
                TraceId = Guid.Empty.ToString(),
                Hook = new HookInfo { Version = "0.1.0", ClientVersion = "2.1.329", Analyser = Wire.AnalyserVersion, AgentName = "bench" },
                Mode = Modes.Enforce,
                Call = new ToolCall
                {
                    Client = "claude-code",
                    Event = "PreToolUse",
                    Tool = "Read",
                    Input = JsonSerializer.SerializeToElement("/home/dev/app/src/Program.cs"),
                    ToolUseId = "toolu_01",
                    SessionId = "session-000",
                    Cwd = "/home/dev/app",
                    Workspace = new Place { Written = "/home/dev/app", Real = "/home/dev/app" },
                    Homes = [new Place { Written = "/home/dev", Real = "/home/dev" }],
                    PermissionMode = "default",
                },
                Accesses = [new Access { Action = Actions.ReadFile, Resource = "/home/dev/app/src/Program.cs", Real = "/home/dev/app/src/Program.cs", Primary = true }],
            },
            ProtocolJson.Default.DecisionRequest);
        Console.Write($"POST {Wire.DecisionsPath} HTTP/1.1\r\nHost: guard\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture)}\r\n\r\n{body}");
        return 0;
    }
}
