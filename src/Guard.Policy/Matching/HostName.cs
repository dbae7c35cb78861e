using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Guard.Policy.Matching;

/// <summary>Reads host names: strictly for allow rules, leniently (as any client might) for deny, approve and ask rules.</summary>
internal static class HostName
{
    private const int MaxLength = 253;

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

        var labels = host.Split('.');
        foreach (var label in labels)
        {
            if (label.Length is 0 or > 63 || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                return null;
            }
        }

        if (IsNumeric(labels[^1]) && !(labels.Length == 4 && labels.All(IsDecimalByte)))
        {
            return null;
        }

        return host.ToLowerInvariant();
    }

    /// <summary>Every host that some client might understand by this text, lower case; for rules that must not miss.</summary>
    public static IEnumerable<string> Lenient(string text)
    {
        var unfolded = TextForm.Compatible(Unescape(text)).Replace('。', '.').Replace('\\', '/').ToLowerInvariant();
        unfolded = string.Concat(unfolded.Where(c => c > ' '));
        var authority = unfolded;
        var slashes = authority.IndexOf("//", StringComparison.Ordinal);
        if (slashes >= 0)
        {
            authority = authority[slashes..].TrimStart('/');
        }
        else if (authority.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
            && authority[..colon] is "http" or "https" or "ws" or "wss" or "ftp")
        {
            authority = authority[(authority.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/');
        }

        var end = authority.IndexOfAny(['/', '?', '#']);
        authority = end < 0 ? authority : authority[..end];
        foreach (var part in authority.Split('@'))
        {
            var host = part;
            var port = part.LastIndexOf(':');
            if (port > part.LastIndexOf(']'))
            {
                host = part[..port];
            }

            host = host.Trim('.');
            if (host.Length == 0)
            {
                continue;
            }

            yield return host;
            if (NumericAddress(host) is { } address)
            {
                yield return address;
            }
        }
    }

    private static string Unescape(string text)
    {
        for (var i = 0; i < 3 && text.Contains('%', StringComparison.Ordinal); i++)
        {
            text = Uri.UnescapeDataString(text);
        }

        return text;
    }

    private static bool IsNumeric(string label) =>
        label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && label.Skip(2).All(char.IsAsciiHexDigit));

    private static bool IsDecimalByte(string label) =>
        label is "0" || (label[0] != '0' && byte.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>The dotted form of a numeric host in any notation inet_aton takes: <c>0x7f.1</c>, <c>2130706433</c>, <c>017700000001</c>.</summary>
    private static string? NumericAddress(string host)
    {
        var labels = host.Split('.');
        if (labels.Length > 4)
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
