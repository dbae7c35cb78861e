using System.Net.Sockets;
using System.Runtime.InteropServices;
using Guard.Gateway.Identity;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Guard.Gateway.Hosting;

/// <summary>
/// Who may call over the Unix socket: root, the gateway's own account, and, where a group is stated, processes whose
/// effective group it is. A file mode is about who can reach the path; this is about who is calling. In a managed
/// installation that is the hook with its setgid bit: a person who merely is a member of the group is not.
/// </summary>
internal sealed class SocketAccess
{
    private const uint Root = 0;

    private readonly uint _account;

    private SocketAccess(uint account, uint? group)
    {
        _account = account;
        Group = group;
    }

    /// <summary>Null: the socket is its owner's alone.</summary>
    public uint? Group { get; }

    /// <exception cref="GatewayStartException">There is no such group.</exception>
    public static SocketAccess Of(GatewayOptions options) =>
        new(SystemAccounts.EffectiveUser(), options.UnixSocketGroup is { } name ? SystemAccounts.GroupNumber(name) : null);

    /// <summary>Whether a process with these credentials may call.</summary>
    public bool Allows(uint user, uint group) => user == Root || user == _account || (Group is { } stated && group == stated);

    /// <summary>Checks the caller of a request; other ways in than the Unix socket are not its business.</summary>
    /// <exception cref="RefusedException">403: the caller is somebody else. It is counted into the record.</exception>
    public void Check(HttpContext context, RefusalRecorder refusals)
    {
        if (!OperatingSystem.IsLinux() || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { AddressFamily: AddressFamily.Unix } socket) return;
        var (user, group) = PeerOf(socket);
        if (Allows(user, group)) return;
        refusals.Count(RefusalSubject.OfAccount(user), ProblemCodes.PeerRefused);
        throw new RefusedException(
            StatusCodes.Status403Forbidden,
            ProblemCodes.PeerRefused,
            Group is null
                ? $"This socket is for the account that runs the gateway; the caller is account {user}."
                : $"This socket is for the installed guard-hook; the caller is account {user} with group {group}. Administer over the loopback port or https, or as root.");
    }

    // struct ucred: pid, uid, gid, as they were when the caller connected.
    private static (uint User, uint Group) PeerOf(Socket socket)
    {
        const int SocketLevel = 1;
        const int PeerCredentials = 17;
        Span<uint> credentials = stackalloc uint[3];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        return (credentials[1], credentials[2]);
    }
}
