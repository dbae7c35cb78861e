using System.Net.Sockets;
using Guard.Protocol;

namespace Guard.Gateway.Hosting;

/// <summary>The gateway's Unix socket: its owner alone can connect, or its owner and one group.</summary>
internal static class UnixSocketFile
{
    private const UnixFileMode OwnerMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode GroupMode = OwnerMode | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Binds, replacing a socket that nobody listens on.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="group">The number of the group that may connect too.</param>
    /// <exception cref="GatewayStartException">Somebody listens there, something else lies there, or the path cannot be used.</exception>
    public static Socket Bind(string path, uint? group = null)
    {
        if (!Path.IsPathFullyQualified(path))
        {
            throw new GatewayStartException($"The Unix socket {DisplayText.Clean(path, 200)} must be an absolute path.");
        }

        var endpoint = Endpoint(path);
        RemoveStale(path, endpoint);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endpoint);
            // Nobody can connect before the server listens, so there is no moment at which the mode is too open.
            if (group is { } number) SystemAccounts.SetGroup(path, number);
            File.SetUnixFileMode(path, group is null ? OwnerMode : GroupMode);
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new GatewayStartException($"The Unix socket {path} cannot be made: {exception.Message}", exception);
        }
    }

    private static UnixDomainSocketEndPoint Endpoint(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new GatewayStartException($"The Unix socket path {path} is too long; the system takes 107 bytes. Choose a shorter one.", exception);
        }
    }

    private static void RemoveStale(string path, UnixDomainSocketEndPoint endpoint)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new GatewayStartException($"{path} exists and is not an old socket of a gateway ({exception.SocketErrorCode}). Remove it, or choose another path.", exception);
        }

        throw new GatewayStartException($"Another gateway listens on {path}. Stop it first, or choose another path.");
    }

    // Connecting to an ordinary file is refused as well, and that file is not ours to delete.
    private static bool IsSocket(string path) => OperatingSystem.IsLinux() && FileStatus.Of(path).IsSocket;
}
