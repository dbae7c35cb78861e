using System.Net.Sockets;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>Listens on a Unix socket where a gateway should be, and gives every connection the same bytes.</summary>
internal sealed class Impostor : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _connections;

    public Impostor(string path, byte[] answer)
    {
        SocketPath = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _serving = ServeAsync(answer);
    }

    public string SocketPath { get; }

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(byte[] answer)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                await AnswerAsync(connection, answer);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The hook left before the end of the answer, which is its right; the next connection is served.
            }
        }
    }

    private async Task AnswerAsync(Socket connection, byte[] answer)
    {
        var request = new byte[64 * 1024];
        await connection.ReceiveAsync(request, _stop.Token);
        await connection.SendAsync(answer, _stop.Token);
        connection.Shutdown(SocketShutdown.Send);
        // Read to the end: closing with unread bytes would reset the connection and hide the answer.
        while (await connection.ReceiveAsync(request, _stop.Token) > 0)
        {
        }
    }
}
