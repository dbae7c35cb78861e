using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>Reads host names: strictly for allow rules; for deny, approve and ask rules in their other spellings.</summary>
internal static class HostName
{
    private const int MaxLength = 253;

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };
    private static readonly byte[] TranslationPrefix = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>
    /// Lower case without a final dot; null for anything a client could read as another host: non-ASCII letters, percent
    /// signs, empty labels, numeric hosts that are not four decimal numbers.
    /// </summary>
    public static string? Parse(string host)
    {
        if (host.StartsWith('['))
        {
            return host.EndsWith(']') && !host.Contains('%', StringComparison.Ordinal)
                && IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                    ? $"[{address}]"
                    : null;
        }

        if (host.EndsWith('.'))
        {
            host = host[..^1];
        }

        if (host.Length is 0 or > MaxLength)
        {
            return null;
        }

        var (labels, decimals) = (0, 0);
        var last = ReadOnlySpan<char>.Empty;
        foreach (var range in host.AsSpan().Split('.'))
        {
            last = host.AsSpan(range);
            if (last.Length is 0 or > 63 || last.ContainsAnyExcept(LabelCharacters))
            {
                return null;
            }

            labels++;
            decimals += IsDecimalByte(last) ? 1 : 0;
        }

        if (IsNumeric(last) && !(labels == 4 && decimals == 4))
        {
            return null;
        }

        return host.ToLowerInvariant();
    }

    /// <summary>The form in which names with letters beyond ASCII are looked up, <c>xn--…</c>; null where there is none.</summary>
    /// <param name="name">A host or a label of one, lower case.</param>
    public static string? LookedUp(string name) => Mapped(Idn.GetAscii, name);

    /// <summary>The same host written otherwise: an address as a number or within IPv6, a name in the form it is looked up by, or read from that.</summary>
    /// <param name="host">Not empty, lower case.</param>
    public static string? OtherSpelling(string host)
    {
        if (host[0] == '[')
        {
            return EmbeddedAddress(host);
        }

        if (!Ascii.IsValid(host))
        {
            return LookedUp(host);
        }

        return host.Contains("xn--", StringComparison.Ordinal) ? Mapped(Idn.GetUnicode, host) : NumericAddress(host);
    }

    // Null: it is no name that has such a form.
    private static string? Mapped(Func<string, string> mapping, string name)
    {
        try
        {
            return mapping(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Sources: RFC 4291, 2.5.5 (IPv4-mapped and -compatible), RFC 6052, 2.1 (the well-known prefix of NAT64).
    private static string? EmbeddedAddress(string host)
    {
        var zone = host.IndexOf('%', StringComparison.Ordinal);
        if (!IPAddress.TryParse(zone < 0 ? host.Trim('[', ']') : host[1..zone], out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var embeds = address.IsIPv4MappedToIPv6 || bytes[..12].SequenceEqual(TranslationPrefix) || (bytes[..12].IndexOfAnyExcept((byte)0) < 0 && bytes[12] != 0);
        return embeds ? new IPAddress(bytes[12..]).ToString() : $"[{address}]";
    }

    /// <summary>Without percent signs that encode something, also where they were encoded again.</summary>
    public static string Unescape(string text)
    {
        for (var i = 0; i < 3 && text.Contains('%', StringComparison.Ordinal); i++)
        {
            text = Uri.UnescapeDataString(text);
        }

        return text;
    }

    private static bool IsNumeric(ReadOnlySpan<char> label) =>
        !label.ContainsAnyExceptInRange('0', '9') || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && !label[2..].ContainsAnyExcept(HexDigits));

    private static bool IsDecimalByte(ReadOnlySpan<char> label) =>
        label is "0" || (label[0] != '0' && byte.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>The dotted form of a numeric host in any notation inet_aton takes: <c>0x7f.1</c>, <c>2130706433</c>, <c>017700000001</c>.</summary>
    private static string? NumericAddress(string host)
    {
        // Every label of a number begins with a digit, and names hardly ever do.
        if (!char.IsAsciiDigit(host[0]) || host.Split('.') is not { Length: <= 4 } labels)
        {
            return null;
        }

        var values = new ulong[labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            if (Number(labels[i]) is not { } value)
            {
                return null;
            }

            values[i] = value;
        }

        ulong address = values[^1];
        for (var i = 0; i < values.Length - 1; i++)
        {
            if (values[i] > 255)
            {
                return null;
            }

            address |= values[i] << (24 - (8 * i));
        }

        return address > uint.MaxValue
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");
    }

    private static ulong? Number(string label)
    {
        if (label.Length is 0 or > 16)
        {
            return null;
        }

        if (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return label.Length == 2 ? 0
                : ulong.TryParse(label.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        }

        if (label.Length > 1 && label[0] == '0')
        {
            ulong octal = 0;
            foreach (var c in label)
            {
                if (c is < '0' or > '7')
                {
                    return null;
                }

                octal = (octal * 8) + (ulong)(c - '0');
            }

            return octal;
        }

        return ulong.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
