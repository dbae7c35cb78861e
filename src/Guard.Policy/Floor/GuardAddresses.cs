using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>The addresses of Guard's own API.</summary>
internal static class GuardAddresses
{
    private static readonly ImmutableArray<string> LoopbackNames = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]", "0", "127.1", "ip6-localhost"];

    /// <summary>One of them, read. Null: it names no port, so nothing listens there.</summary>
    /// <param name="authority"><c>host:port</c>.</param>
    public static GuardAuthority? Parse(string authority)
    {
        if (!WebAddress.TrySplitPort(authority.ToLowerInvariant(), 0, out var host, out var port) || port == 0)
        {
            return null;
        }

        var isLoopback = IsLoopback(host);
        return new GuardAuthority(host, port, port.ToString(CultureInfo.InvariantCulture), isLoopback, isLoopback ? LoopbackNames : [host]);
    }

    /// <summary>Whether a URL or network address reaches one of them, as any client might read it.</summary>
    /// <param name="spelling">Of the web or the network.</param>
    /// <param name="authorities">Guard's.</param>
    public static bool Reaches(Spelling spelling, ImmutableArray<GuardAuthority> authorities)
    {
        foreach (var authority in authorities)
        {
            if (MayHold(spelling.Text, authority) && Reaches(spelling, authority))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one of them stands anywhere in a text, such as a command line.</summary>
    /// <param name="text">Untrusted.</param>
    /// <param name="authorities">Guard's.</param>
    public static bool StandsIn(string text, ImmutableArray<GuardAuthority> authorities)
    {
        // Most lines do not hold the number at all, which is told in less time than to fold them.
        var isAscii = Ascii.IsValid(text);
        string? folded = null;
        foreach (var authority in authorities)
        {
            if (!isAscii || text.Contains(authority.Digits, StringComparison.Ordinal))
            {
                folded ??= TextForm.Compatible(text).ToLowerInvariant();
                if (authority.Names.Any(name => HasWithPort(folded, name, authority.Port)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Reaches(Spelling spelling, GuardAuthority authority)
    {
        foreach (var address in spelling.Lenient)
        {
            var isHost = address.Host == authority.Host || (authority.IsLoopback && IsLoopback(address.Host));
            if (isHost && (address.Port == authority.Port || HasWithPort(spelling.Text, "", authority.Port)))
            {
                return true;
            }
        }

        return false;
    }

    // To read a text in every way takes longer than most decisions, and most texts do not hold the number at all. Clients take out tabs and
    // line ends, also in the middle of a port.
    private static bool MayHold(string text, GuardAuthority authority) =>
        authority.Port is 80 or 443 or 21 || text.Contains('%', StringComparison.Ordinal) || !Ascii.IsValid(text) || text.AsSpan().ContainsAnyInRange('\0', ' ')
        || text.Contains(authority.Digits, StringComparison.Ordinal);

    private static bool IsLoopback(string host)
    {
        var name = host.Trim('[', ']');
        return LoopbackNames.Contains(host) || host.EndsWith(".localhost", StringComparison.Ordinal)
            || (IPAddress.TryParse(name, out var address) && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
    }

    // Without a host: whatever stands before the port. `:808` is not part of `:8080`, and `:08080` is the same port.
    private static bool HasWithPort(string text, string host, int port)
    {
        var before = host + ":";
        for (var at = text.IndexOf(before, StringComparison.Ordinal); at >= 0; at = text.IndexOf(before, at + 1, StringComparison.Ordinal))
        {
            var rest = text.AsSpan(at + before.Length);
            var length = rest.IndexOfAnyExceptInRange('0', '9');
            var digits = (length < 0 ? rest : rest[..length]).TrimStart('0');
            if (digits.Length <= 5 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == port)
            {
                return true;
            }
        }

        return false;
    }
}
