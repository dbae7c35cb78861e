using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>The addresses of Guard's own API.</summary>
internal static class GuardAddresses
{
    private static readonly ImmutableArray<string> LoopbackNames = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]", "0", "127.1", "ip6-localhost"];

    /// <summary>Whether a URL, host or command line reaches one of them.</summary>
    /// <param name="text">Untrusted.</param>
    /// <param name="authorities"><c>host:port</c>.</param>
    /// <param name="anywhere">Look anywhere in the text (a command line), not only at its own host.</param>
    public static bool Reaches(string text, ImmutableArray<string> authorities, bool anywhere)
    {
        if (authorities.IsEmpty)
        {
            return false;
        }

        var folded = TextForm.Compatible(text).ToLowerInvariant();
        return authorities.Any(authority => Reaches(folded, authority.ToLowerInvariant(), anywhere));
    }

    private static bool Reaches(string text, string authority, bool anywhere)
    {
        if (!WebAddress.TrySplitPort(authority, 0, out var host, out var port) || port == 0)
        {
            return false;
        }

        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port}");
        if (!text.Contains(suffix, StringComparison.Ordinal))
        {
            return false;
        }

        var loopback = IsLoopback(host);
        var names = loopback ? LoopbackNames : [host];
        return anywhere
            ? names.Any(n => ContainsWhole(text, n + suffix))
            : ContainsWhole(text, suffix) && HostName.Lenient(text).Any(h => h == host || (loopback && IsLoopback(h)));
    }

    private static bool IsLoopback(string host)
    {
        var name = host.Trim('[', ']');
        return LoopbackNames.Contains(host) || host.EndsWith(".localhost", StringComparison.Ordinal)
            || (IPAddress.TryParse(name, out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
    }

    // `:808` is not part of `:8080`.
    private static bool ContainsWhole(string text, string part)
    {
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + 1, StringComparison.Ordinal))
        {
            var end = at + part.Length;
            if (end >= text.Length || !char.IsAsciiDigit(text[end]))
            {
                return true;
            }
        }

        return false;
    }
}
