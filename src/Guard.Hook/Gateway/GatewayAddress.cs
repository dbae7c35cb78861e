using System.Globalization;
using System.Net;
using Guard.Protocol;

namespace Guard.Hook.Gateway;

/// <summary>Where the gateway listens.</summary>
internal sealed record GatewayAddress
{
    private static readonly byte[] Loopback4 = [127, 0, 0, 1];
    private static readonly byte[] Loopback6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    private readonly string _text;

    private GatewayAddress(string text) => _text = text;

    /// <summary>Absolute path of a Unix socket; null for TCP.</summary>
    public string? SocketPath { get; private init; }

    public string Host { get; private init; } = "localhost";

    public int Port { get; private init; }

    public bool IsTls { get; private init; }

    /// <summary>For plain http: the addresses to try, all of this machine.</summary>
    public IReadOnlyList<byte[]> LoopbackAddresses { get; private init; } = [];

    /// <summary>The value of the <c>Host</c> header.</summary>
    public string HostHeader => SocketPath is not null ? "localhost" : (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);

    public override string ToString() => _text;

    /// <summary>Reads <c>unix:/path</c>, <c>http://loopback:port</c> or <c>https://host[:port]</c>.</summary>
    /// <exception cref="HookFailure">It is none of these.</exception>
    public static GatewayAddress Parse(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~')) throw Bad(text, "it must be ASCII without blanks");
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            var path = text["unix:".Length..];
            // sun_path holds 108 bytes with its final NUL.
            if (path.Length is < 2 or > 107 || path[0] != '/') throw Bad(text, "a Unix socket is an absolute path of at most 107 bytes");
            return new GatewayAddress(text) { SocketPath = path };
        }

        var isTls = text.StartsWith("https://", StringComparison.Ordinal);
        if (!isTls && !text.StartsWith("http://", StringComparison.Ordinal)) throw Bad(text, "it must begin with unix:, http:// or https://");
        var (host, port) = SplitAuthority(text, text[(isTls ? 8 : 7)..].TrimEnd('/'), isTls);
        var address = new GatewayAddress(text) { Host = host, Port = port, IsTls = isTls };
        return isTls ? address : address with { LoopbackAddresses = LoopbackOf(text, host) };
    }

    private static (string Host, int Port) SplitAuthority(string text, string authority, bool isTls)
    {
        if (authority.Length == 0 || authority.AsSpan().ContainsAny("/?#@\\")) throw Bad(text, "it must name a host and a port and nothing else");
        var end = authority[0] == '[' ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        if (end <= 0 && authority[0] is '[' or ':') throw Bad(text, "it names no host");
        var host = end < 0 ? authority : authority[..end];
        var rest = end < 0 ? "" : authority[end..];
        var port = isTls ? 443 : 80;
        if (rest.Length > 0 && (rest[0] != ':' || !int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw Bad(text, "its port is no number from 1 to 65535");
        }

        return (host.Trim('[', ']'), port);
    }

    private static byte[][] LoopbackOf(string text, string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return [Loopback4, Loopback6];
        if (host == "::1") return [Loopback6];
        if (host.StartsWith("127.", StringComparison.Ordinal) && IPAddress.TryParse(host, out var ip)) return [ip.GetAddressBytes()];
        throw Bad(text, "plain http goes to this machine alone (localhost, 127.0.0.1, [::1]); use https");
    }

    private static HookFailure Bad(string text, string why) => new($"`gatewayUrl` is {DisplayText.Clean(text, 200)}: {why}");
}
