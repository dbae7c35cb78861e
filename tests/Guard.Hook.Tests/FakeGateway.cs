using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Guard.Hook.Tests;

/// <summary>A gateway of a few lines on a real socket: reads one request per connection and does what the test says.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Task _loop;
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly Func<Stream, Request, CancellationToken, Task> _answer;

    private FakeGateway(Socket listener, string url, X509Certificate2? certificate, Func<Stream, Request, CancellationToken, Task> answer)
    {
        (_listener, Url, _certificate, _answer) = (listener, url, certificate, answer);
        _loop = Task.Run(AcceptAsync);
    }

    public string Url { get; }

    public List<Request> Requests { get; } = [];

    public static FakeGateway OnUnix(Func<Stream, Request, CancellationToken, Task> answer)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("guard-hook").FullName, "g.sock");
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return new FakeGateway(listener, "unix:" + path, null, answer);
    }

    public static FakeGateway OnTcp(Func<Stream, Request, CancellationToken, Task> answer, X509Certificate2? certificate = null)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        return new FakeGateway(listener, (certificate is null ? "http://127.0.0.1:" : "https://localhost:") + port, certificate, answer);
    }

    /// <summary>The answer to a decision, with members changed as the test likes.</summary>
    public static string Decision(Request request, string answer = "allow", bool granted = false, string message = "guard: message") =>
        JsonSerializer.Serialize(new { version = 1, traceId = request.TraceId, eventId = "e", answer, effect = answer, granted, mode = "enforce", message });

    public static Func<Stream, Request, CancellationToken, Task> Replying(Func<Request, string> body, int status = 200) =>
        (stream, request, cancellation) => WriteAsync(stream, Response(body(request), status), cancellation);

    public static string Response(string body, int status = 200) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public static Task WriteAsync(Stream stream, string text, CancellationToken cancellation) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptAsync(_stop.Token);
                await ServeAsync(socket);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The hook may leave at any time; the test looks at the hook.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        Stream stream = new NetworkStream(socket);
        if (_certificate is not null)
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            stream = tls;
        }

        var request = await ReadAsync(stream);
        Requests.Add(request);
        await _answer(stream, request, _stop.Token);
    }

    private async Task<Request> ReadAsync(Stream stream)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0) throw new IOException("closed");
            bytes.Write(buffer, 0, read);
            var text = Encoding.Latin1.GetString(bytes.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var length = int.Parse(text.Split("Content-Length: ")[1].Split('\r')[0], CultureInfo.InvariantCulture);
            if (bytes.Length >= end + 4 + length) return new Request(text[..end], Encoding.UTF8.GetString(bytes.ToArray().AsSpan(end + 4, length)));
        }
    }
}

/// <summary>A request as the hook sent it.</summary>
internal sealed record Request(string Head, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string TraceId => Json.TryGetProperty("traceId", out var trace) ? trace.GetString()! : "";
}
