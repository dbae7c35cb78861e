using System.Net;
using System.Net.Sockets;

namespace Guard.Gateway.Tests.Stores;

/// <summary>
/// A line to a server that can stop in the middle of a message: what a server sees of a gateway that is suspended, or loses
/// its network, while it sends.
/// </summary>
internal sealed class StallingLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Written by the test, read by the pumps. Null: nothing is held back.
    private volatile Func<byte[], int>? _keep;

    /// <param name="target">The server's port on this machine.</param>
    public StallingLine(int target)
    {
        _target = target;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when a message has been cut.</summary>
    public Task Stalled => _stalled.Task;

    /// <param name="keep">Of what the client sends at once: how many bytes get through before nothing more of that connection does; less than 0: all.</param>
    public void StallWhen(Func<byte[], int> keep) => _keep = keep;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var server = new TcpClient();
                await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                _ = Task.WhenAll(PumpAsync(client, server, isRequest: true), PumpAsync(server, client, isRequest: false));
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isRequest)
    {
        var buffer = new byte[1024 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var read)
            {
                if (isRequest && _keep is { } keep && keep(buffer[..read]) is >= 0 and var kept)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, kept), _end.Token);
                    _stalled.TrySetResult();
                    // The connection stays open, as that of a process that does not run.
                    await Task.Delay(Timeout.Infinite, _end.Token);
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // One end is gone; so is the other.
        }

        if (!_end.IsCancellationRequested)
        {
            to.Close();
            return;
        }

        from.Dispose();
        to.Dispose();
    }
}
