using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Guard.Hook.Gateway;
using Guard.Hook.Settings;

namespace Guard.Hook.Native;

/// <summary>Opens connections with plain system calls; no proxy is ever asked.</summary>
internal static unsafe class Connector
{
    private const int Unix = 1;
    private const int Ip4 = 2;
    private const int Ip6 = 10;
    private const int QueuePause = 2;
    private const int StreamNonBlocking = 1 | 0x800 | Libc.CloseOnExec;

    /// <exception cref="HookFailure">The gateway cannot be reached.</exception>
    /// <exception cref="GatewayTimeoutException">The deadline has come.</exception>
    public static SocketStream Connect(HookSettings settings, Deadline deadline)
    {
        var address = settings.Gateway;
        if (address.SocketPath is { } path) return ConnectUnix(settings, path, deadline);
        if (!address.IsTls) return ConnectLoopback(settings, deadline);
        return ConnectByName(settings, deadline);
    }

    private static SocketStream ConnectUnix(HookSettings settings, string path, Deadline deadline)
    {
        var raw = stackalloc byte[110];
        new Span<byte>(raw, 110).Clear();
        *(ushort*)raw = Unix;
        Encoding.UTF8.GetBytes(path, new Span<byte>(raw + 2, 107));
        var error = TryConnect(Unix, raw, 110, deadline, out var stream);
        if (stream is null) throw Unreachable(settings, error);
        SocketPeer.Require(stream.Handle, settings);
        return stream;
    }

    /// <summary>Plain http goes to this machine alone, so the address is known without asking anybody.</summary>
    private static SocketStream ConnectLoopback(HookSettings settings, Deadline deadline)
    {
        var address = settings.Gateway;
        var raw = stackalloc byte[28];
        var error = 0;
        foreach (var ip in address.LoopbackAddresses)
        {
            new Span<byte>(raw, 28).Clear();
            var isIp4 = ip.Length == 4;
            *(ushort*)raw = (ushort)(isIp4 ? Ip4 : Ip6);
            BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(raw + 2, 2), (ushort)address.Port);
            ip.CopyTo(new Span<byte>(raw + (isIp4 ? 4 : 8), 16));
            error = TryConnect(isIp4 ? Ip4 : Ip6, raw, isIp4 ? 16u : 28u, deadline, out var stream);
            if (stream is not null) return stream;
        }

        throw Unreachable(settings, error);
    }

    private static SocketStream ConnectByName(HookSettings settings, Deadline deadline)
    {
        var address = settings.Gateway;
        var hints = new Libc.AddressInfo { Type = 1 };
        Libc.AddressInfo* found;
        if (Libc.GetAddressInfo(address.Host, address.Port.ToString(CultureInfo.InvariantCulture), &hints, &found) != 0)
        {
            throw new HookFailure($"the name of the gateway at {address} is not known here. Check `gatewayUrl`, or the network");
        }

        try
        {
            var error = 0;
            for (var at = found; at is not null; at = at->Next)
            {
                error = TryConnect(at->Family, at->Address, at->AddressLength, deadline, out var stream);
                if (stream is not null) return stream;
            }

            throw Unreachable(settings, error);
        }
        finally
        {
            Libc.FreeAddressInfo(found);
        }
    }

    private static int TryConnect(int family, byte* address, uint length, Deadline deadline, out SocketStream? stream)
    {
        stream = null;
        var descriptor = Libc.Socket(family, StreamNonBlocking, 0);
        if (descriptor < 0) return Libc.LastError;

        var error = Libc.Connect(descriptor, address, length) == 0 ? 0 : Libc.LastError;
        // A Unix socket whose queue is full says so at once instead of waiting.
        while (error == Libc.TryAgain && family == Unix)
        {
            if (deadline.Left == 0) throw new GatewayTimeoutException();
            Libc.Poll(null, 0, QueuePause);
            error = Libc.Connect(descriptor, address, length) == 0 ? 0 : Libc.LastError;
        }

        if (error is Libc.InProgress or Libc.Interrupted)
        {
            if (!Descriptor.WaitUntil(descriptor, Libc.PollOut, deadline)) throw new GatewayTimeoutException();
            uint size = sizeof(int);
            if (Libc.GetSocketOption(descriptor, 1, 4, &error, &size) != 0) error = Libc.LastError;
        }

        if (error != 0)
        {
            Libc.Close(descriptor);
            return error;
        }

        if (family != Unix)
        {
            // TCP_NODELAY: the request is one write, and the answer must not wait for more.
            var on = 1;
            Libc.SetSocketOption(descriptor, 6, 1, &on, sizeof(int));
        }

        stream = new SocketStream(descriptor, deadline);
        return 0;
    }

    private static HookFailure Unreachable(HookSettings settings, int error) =>
        new($"the gateway at {settings.Gateway} cannot be reached ({Errors.Name(error)}). Is it running? {settings.StartAdvice}");
}
