using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Guard.Client;

/// <summary>
/// Where a gateway listens: <c>unix:/absolute/path</c>, <c>http://host:port</c> (loopback only, because keys travel in
/// the clear) or <c>https://host[:port]</c>.
/// </summary>
public sealed record GatewayAddress
{
    private const string UnixPrefix = "unix:";

    private GatewayAddress(string text, Uri baseUri, string? socketPath)
    {
        Text = text;
        BaseUri = baseUri;
        SocketPath = socketPath;
    }

    /// <summary>The address as people write it.</summary>
    public string Text { get; }

    /// <summary>Scheme and authority of every request; for a Unix socket a name that is never resolved.</summary>
    public Uri BaseUri { get; }

    /// <summary>Path of the Unix socket; null for TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>The address of the Unix socket at <paramref name="path"/>, which must be absolute.</summary>
    public static GatewayAddress Unix(string path) => Parse(UnixPrefix + path);

    /// <exception cref="FormatException">The text is not an address; the message says why.</exception>
    public static GatewayAddress Parse(string text) =>
        TryParse(text, out var address, out var problem) ? address : throw new FormatException(problem);

    public static bool TryParse(string text, [NotNullWhen(true)] out GatewayAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        if (text.Any(char.IsControl))
        {
            problem = "the gateway address holds control characters";
            return false;
        }

        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            if (!path.StartsWith('/') || path.Length == 1)
            {
                problem = $"`{text}` is not a gateway address: after `unix:` an absolute path is needed, as in unix:/home/me/.guard/gateway.sock";
                return false;
            }

            problem = null;
            address = new GatewayAddress(text, new Uri("http://gateway.invalid/"), path);
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            problem = $"`{text}` is not a gateway address: write unix:/path, http://127.0.0.1:port or https://host:port";
            return false;
        }

        if (uri.UserInfo.Length > 0 || uri.AbsolutePath != "/" || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            problem = $"the gateway address `{uri.Scheme}://{uri.Authority}` must be scheme, host and port alone";
            return false;
        }

        if (uri.Scheme == Uri.UriSchemeHttp && !IsLoopback(uri))
        {
            problem = $"`{text}` would send the key in the clear: plain http is for loopback addresses only, use https";
            return false;
        }

        problem = null;
        address = new GatewayAddress(text.TrimEnd('/'), uri, socketPath: null);
        return true;
    }

    public override string ToString() => Text;

    private static bool IsLoopback(Uri uri) =>
        string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
