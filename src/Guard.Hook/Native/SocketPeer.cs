using System.Globalization;
using Guard.Hook.Settings;
using Guard.Protocol;

namespace Guard.Hook.Native;

/// <summary>
/// Who serves a Unix socket. A path proves nothing where others may write the folder, or put another one over it; the
/// kernel says which account began to listen.
/// </summary>
internal static unsafe class SocketPeer
{
    /// <summary>The account of a managed installation's gateway.</summary>
    public const string ManagedAccount = "guard";

    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const uint Root = 0;

    /// <exception cref="HookFailure">Neither root nor the expected account serves the socket; nothing was sent to it.</exception>
    public static void Require(int descriptor, HookSettings settings)
    {
        // struct ucred: pid, uid, gid.
        var credentials = stackalloc int[3];
        uint size = 3 * sizeof(int);
        if (Libc.GetSocketOption(descriptor, SocketLevel, PeerCredentials, credentials, &size) != 0)
            throw new HookFailure($"it cannot be found out who serves {settings.Gateway} (error {Libc.LastError})");
        var user = (uint)credentials[1];
        if (user == Root || user == ExpectedUser(settings)) return;
        var expected = settings.GatewayUser ?? (settings.FromMachine ? ManagedAccount : "this account");
        throw new HookFailure(
            $"{settings.Gateway} is served by the account with the number {user.ToString(CultureInfo.InvariantCulture)}, and the gateway runs as {DisplayText.Clean(expected, 80)}: something else listens there. Nothing was sent to it. If it is meant, name its account as `gatewayUser` in the hook's settings");
    }

    private static uint? ExpectedUser(HookSettings settings)
    {
        if (settings.GatewayUser is { } stated)
            return Account.UserId(stated) ?? throw new HookFailure($"`gatewayUser` in the hook's settings names {DisplayText.Clean(stated, 80)}, and there is no such account");
        return settings.FromMachine ? Account.UserId(ManagedAccount) : Libc.GetUserId();
    }
}
