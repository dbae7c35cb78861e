using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Guard.Client.Tests;

/// <summary>A real socket that answers every request as it is told and keeps what it was sent.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<string, string> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private ScriptedServer(Socket listener, string address, Func<string, string> answer)
    {
        _listener = listener;
        _answer = answer;
        Address = GatewayAddress.Parse(address);
        _loop = RunAsync();
    }

    public GatewayAddress Address { get; }

    public List<string> Requests { get; } = [];

    public static ScriptedServer OnTcp(string answer) => OnTcp(_ => answer);

    /// <param name="answer">From the whole request to the whole answer.</param>
    public static ScriptedServer OnTcp(Func<string, string> answer)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return new ScriptedServer(listener, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}", answer);
    }

    public static ScriptedServer OnUnixSocket(string path, string answer)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return new ScriptedServer(listener, "unix:" + path, _ => answer);
    }

    public static string Json(int status, string body, string type = "application/json") =>
        $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptAsync(_stop.Token);
                Requests.Add(await ReadRequestAsync(connection));
                var answer = _answer(Requests[^1]);
                if (answer.Length == 0)
                {
                    // Silence: hold the connection until the test is over.
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                await connection.SendAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException && _stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task<string> ReadRequestAsync(Socket connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var count = await connection.ReceiveAsync(buffer, _stop.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            var request = text.ToString();
            var headEnd = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (count == 0) return request;
            if (headEnd < 0) continue;
            var lengthAt = request.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            var length = lengthAt < 0 ? 0 : int.Parse(request.AsSpan(lengthAt + 16, request.IndexOf('\r', lengthAt) - lengthAt - 16));
            if (Encoding.UTF8.GetByteCount(request.AsSpan(headEnd + 4)) >= length) return request;
        }
    }
}
