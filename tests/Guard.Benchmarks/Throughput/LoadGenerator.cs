using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Benchmarks.Throughput;

/// <summary>Clients on connections of their own, each with one request under way. It shares the processors with what it measures, so it does as little as it can.</summary>
internal sealed class LoadGenerator(string socket, string key, int clients)
{
    private const int TraceLength = 36;
    private static readonly byte[] s_ok = "HTTP/1.1 200"u8.ToArray();
    private static readonly byte[] s_allowed = "\"answer\":\"allow\""u8.ToArray();

    /// <summary>Runs for a time, and counts what was answered in it.</summary>
    public async Task<Measured> RunAsync(TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client, end))));
        return Measured.Of([.. all.SelectMany(static one => one)], time);
    }

    private async Task<List<long>> RunAsync(int client, long end)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        var (request, trace) = Request(client);
        var buffer = new byte[16 * 1024];
        var times = new List<long>(16 * 1024);
        while (true)
        {
            Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).TryFormat(request.AsSpan(trace), out _);
            var began = Stopwatch.GetTimestamp();
            if (began >= end)
            {
                return times;
            }

            await connection.SendAsync(request);
            await ReadAnswerAsync(connection, buffer);
            times.Add(Stopwatch.GetTimestamp() - began);
        }
    }

    // An answer has its length in its head; small ones come in one piece.
    private static async Task ReadAnswerAsync(Socket connection, byte[] buffer)
    {
        var filled = 0;
        while (true)
        {
            var read = await connection.ReceiveAsync(buffer.AsMemory(filled));
            filled += read;
            var text = buffer.AsSpan(0, filled);
            var head = text.IndexOf("\r\n\r\n"u8);
            if (head >= 0 && filled >= head + 4 + Length(text[..head]))
            {
                if (text.StartsWith(s_ok) && (text.IndexOf(s_allowed) >= 0 || text.EndsWith("stored"u8)))
                {
                    return;
                }

                throw new InvalidDataException(Encoding.UTF8.GetString(text));
            }

            if (read == 0)
            {
                throw new InvalidDataException("The connection was closed.");
            }
        }
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name) + name.Length;
        var line = head[at..];
        var end = line.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? line : line[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private (byte[] Request, int Trace) Request(int client)
    {
        var trace = Guid.Empty.ToString();
        var body = JsonSerializer.Serialize(
            new DecisionRequest
            {
                Version = Wire.Version,
                TraceId = trace,
                Hook = new HookInfo { Version = "0.1.0", ClientVersion = "2.1.329", Analyser = Wire.AnalyserVersion, AgentName = "bench" },
                Mode = Modes.Enforce,
                Call = new ToolCall
                {
                    Client = "claude-code",
                    Event = "PreToolUse",
                    Tool = "Read",
                    Input = JsonSerializer.SerializeToElement("/home/dev/app/src/Program.cs"),
                    ToolUseId = "toolu_01",
                    SessionId = $"session-{client}",
                    Cwd = "/home/dev/app",
                    Workspace = new Place { Written = "/home/dev/app", Real = "/home/dev/app" },
                    Homes = [new Place { Written = "/home/dev", Real = "/home/dev" }],
                    PermissionMode = "default",
                },
                Accesses = [new Access { Action = Actions.ReadFile, Resource = "/home/dev/app/src/Program.cs", Real = "/home/dev/app/src/Program.cs", Primary = true }],
            },
            ProtocolJson.Default.DecisionRequest);
        var text = $"POST {Wire.DecisionsPath} HTTP/1.1\r\nHost: guard\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture)}\r\n\r\n{body}";
        var bytes = Encoding.UTF8.GetBytes(text);
        Debug.Assert(trace.Length == TraceLength);
        return (bytes, text.IndexOf(trace, StringComparison.Ordinal));
    }
}

/// <summary>What a run came to. Times are in milliseconds.</summary>
internal sealed record Measured(double PerSecond, double P50, double P99)
{
    public static Measured Of(long[] ticks, TimeSpan time)
    {
        Array.Sort(ticks);
        return new Measured(ticks.Length / time.TotalSeconds, At(0.50), At(0.99));

        double At(double share) => ticks.Length == 0 ? 0 : ticks[(int)(share * (ticks.Length - 1))] * 1000.0 / Stopwatch.Frequency;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:F0} {P50:F3} {P99:F3}");
}
