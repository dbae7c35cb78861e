using System.Net;
using System.Net.Sockets;

namespace Guard.Gateway.Hosting;

/// <summary>
/// The gateway's sockets, bound before anything else is built: the floor must know the addresses before the first bundle is
/// compiled, and an address in use is found before the store is touched by requests.
/// </summary>
/// <remarks>Nobody can connect until the server listens on them.</remarks>
internal sealed class ListenSockets : IDisposable
{
    private readonly Dictionary<EndPoint, Socket> _bound = [];
    private string? _unixPath;

    public IPEndPoint? Http { get; private set; }
    public IPEndPoint? Https { get; private set; }
    public string? UnixPath => _unixPath;

    /// <exception cref="GatewayStartException">An address is not allowed, in use, or cannot be bound.</exception>
    public static ListenSockets Bind(GatewayOptions options, uint? unixGroup = null)
    {
        if (options.Http is null && options.Https is null && options.UnixSocketPath is null)
        {
            throw new GatewayStartException("The gateway has no address to listen on. Give it a Unix socket, a loopback port or an https address.");
        }

        var sockets = new ListenSockets();
        try
        {
            if (options.Http is { } http)
            {
                if (!IPAddress.IsLoopback(http.Address))
                {
                    throw new GatewayStartException($"Plain http on {http} would send API keys in the clear. Use a loopback address such as 127.0.0.1, or https with a certificate.");
                }

                sockets.Http = sockets.BindTcp(http);
            }

            if (options.Https is { } https)
            {
                sockets.Https = sockets.BindTcp(https.Endpoint);
            }

            if (options.UnixSocketPath is { } path)
            {
                var socket = UnixSocketFile.Bind(path, unixGroup);
                sockets._bound.Add(new UnixDomainSocketEndPoint(path), socket);
                sockets._unixPath = path;
            }

            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <summary>Hands a socket to the server, which then owns it.</summary>
    public Socket Take(EndPoint endpoint) =>
        _bound.Remove(endpoint, out var socket) ? socket : throw new InvalidOperationException($"No socket is bound to {endpoint}.");

    /// <summary>As clients are told them: <c>unix:/path</c>, <c>http://127.0.0.1:4180</c>, <c>https://...</c>.</summary>
    public IReadOnlyList<string> Addresses()
    {
        var addresses = new List<string>();
        if (UnixPath is not null)
        {
            addresses.Add($"unix:{UnixPath}");
        }

        if (Http is not null)
        {
            addresses.Add($"http://{Http}");
        }

        if (Https is not null)
        {
            addresses.Add($"https://{Https}");
        }

        return addresses;
    }

    /// <summary>All <c>host:port</c> by which a process on this machine may call the gateway.</summary>
    public IReadOnlyList<string> Authorities()
    {
        var ports = new[] { Http, Https }.OfType<IPEndPoint>().Select(static endpoint => endpoint.Port).Distinct();
        string[] hosts = ["127.0.0.1", "localhost", "[::1]", Environment.MachineName];
        var local = ports.SelectMany(port => hosts.Select(host => $"{host}:{port}"));
        var stated = new[] { Http, Https }.OfType<IPEndPoint>().Select(static endpoint => endpoint.ToString());
        return [.. local.Concat(stated).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    public void Dispose()
    {
        foreach (var socket in _bound.Values)
        {
            socket.Dispose();
        }

        _bound.Clear();
    }

    private IPEndPoint BindTcp(IPEndPoint wanted)
    {
        var socket = new Socket(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(wanted);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new GatewayStartException($"The address {wanted} cannot be used: {exception.Message}. Is another gateway running? Choose another port, or 0 for a free one.", exception);
        }

        var bound = (IPEndPoint)socket.LocalEndPoint!;
        _bound.Add(bound, socket);
        return bound;
    }
}
