using System.Globalization;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>
/// A URL read so strictly that no client can understand another host by it: what allow rules compare. Everything that
/// clients read differently (backslashes, blanks, user information, percent signs or non-ASCII letters in the host,
/// numeric hosts in odd notation, encoded dot segments) has no <see cref="WebAddress"/>, so no allow rule covers it.
/// </summary>
internal sealed class WebAddress
{
    private WebAddress(string scheme, string host, int port, int defaultPort, string path, string query)
    {
        (Scheme, Host, Port, Path, Query) = (scheme, host, port, path, query);
        HasDefaultPort = port == defaultPort;
        var authority = HasDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        Canonical = $"{scheme}://{authority}{path}{query}";
    }

    public string Scheme { get; }

    /// <summary>Lower case, without a final dot; an IPv6 address in brackets.</summary>
    public string Host { get; }
    public int Port { get; }
    public bool HasDefaultPort { get; }

    /// <summary>Starts with <c>/</c>; dot segments resolved, unreserved characters decoded.</summary>
    public string Path { get; }

    /// <summary>Empty or starting with <c>?</c>.</summary>
    public string Query { get; }

    /// <summary>The URL without its fragment in the one spelling that allow rules compare.</summary>
    public string Canonical { get; }

    public static WebAddress? Parse(string url)
    {
        foreach (var c in url)
        {
            if (c is <= ' ' or '\\' or >= '\u007f' or '<' or '>' or '"' or '^' or '`' or '{' or '|' or '}')
            {
                return null;
            }
        }

        var colon = url.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0)
        {
            return null;
        }

        var scheme = url[..colon].ToLowerInvariant();
        if (DefaultPort(scheme) is not { } defaultPort)
        {
            return null;
        }

        // Ends of the address without its fragment, of the authority, and of the path.
        var fragment = url.IndexOf('#', colon + 3);
        var end = fragment < 0 ? url.Length : fragment;
        var rest = url.AsSpan(0, end);
        var slash = rest[(colon + 3)..].IndexOfAny('/', '?');
        var authorityEnd = slash < 0 ? end : colon + 3 + slash;
        if (!TrySplitPort(url[(colon + 3)..authorityEnd], defaultPort, out var hostText, out var port) || HostName.Parse(hostText) is not { } host)
        {
            return null;
        }

        var question = rest[authorityEnd..].IndexOf('?');
        var pathEnd = question < 0 ? end : authorityEnd + question;
        if (CanonicalPath(url[authorityEnd..pathEnd]) is not { } canonicalPath || Encoded(url[pathEnd..end]) is not { } query)
        {
            return null;
        }

        return new WebAddress(scheme, host, port, defaultPort, canonicalPath, query);
    }

    /// <summary>Null: no scheme of an address that is fetched from.</summary>
    /// <param name="scheme">Lower case.</param>
    public static int? DefaultPort(string scheme) => scheme switch { "https" or "wss" => 443, "http" or "ws" => 80, "ftp" => 21, _ => null };

    /// <summary>Splits <c>host:port</c>; false for user information, an empty host or a bad port.</summary>
    public static bool TrySplitPort(string authority, int defaultPort, out string host, out int port)
    {
        (host, port) = (authority, defaultPort);
        if (authority.Contains('@', StringComparison.Ordinal))
        {
            return false;
        }

        var colon = authority.LastIndexOf(':');
        if (colon > authority.LastIndexOf(']'))
        {
            host = authority[..colon];
            var digits = authority[(colon + 1)..];
            if (digits.Length > 0 && (digits.Length > 5 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535))
            {
                return false;
            }
        }

        return host.Length > 0;
    }

    // Servers differ in when they decode: a path that has a dot segment after any amount of decoding is refused.
    private static string? CanonicalPath(string path)
    {
        if (Encoded(path) is not { } encoded)
        {
            return null;
        }

        if (!encoded.AsSpan().Contains('%') && !encoded.Contains("/.", StringComparison.Ordinal))
        {
            return encoded.Length == 0 ? "/" : encoded;
        }

        var decoded = encoded;
        for (var i = 0; i < 4 && decoded.Contains('%', StringComparison.Ordinal); i++)
        {
            decoded = Uri.UnescapeDataString(decoded);
            if (decoded.Split('/', '\\').Any(s => s is "." or ".."))
            {
                return null;
            }
        }

        var segments = new List<string>();
        var parts = encoded.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            var last = i == parts.Length - 1;
            if (parts[i] == "..")
            {
                if (segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }
            }

            if (parts[i] is "." or "..")
            {
                if (last)
                {
                    segments.Add("");
                }

                continue;
            }

            segments.Add(parts[i]);
        }

        return "/" + string.Join('/', segments);
    }

    /// <summary>Percent-encodings in upper case, unreserved characters decoded. Null: a percent sign that encodes nothing.</summary>
    private static string? Encoded(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                builder.Append(text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            var c = (char)value;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
            {
                builder.Append(c);
            }
            else
            {
                builder.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }

            i += 2;
        }

        return builder.ToString();
    }
}
