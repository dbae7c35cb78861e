using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>One of the places that some client might understand by a text; for rules that must not miss.</summary>
/// <remarks>
/// Clients differ in what they take for the scheme (<c>https:host</c>, <c>https:///host</c>, <c>host/path</c>), for the host (what stands
/// before or behind an <c>@</c>), and in what they decode. Sources: WHATWG URL, 4.4; RFC 3986, 3; curl's URL syntax.
/// </remarks>
internal sealed class LenientAddress
{
    // Of user information and host, half of them from each end: clients cut at the first `@` or at the last. All of them would cost work
    // without limit, and so would long tails: what follows them is compared in the text as it stands.
    private const int MaxParts = 16;
    private const int MaxTail = 4_096;

    private static readonly SearchValues<char> ToEscape = SearchValues.Create("<>\"^`{|}");

    private static readonly ImmutableArray<string> Assumed = ["https", "http"];

    private LenientAddress(string host, int? port, WebAddress? address, string name) => (Host, Port, Address, Name) = (host, port, address, name);

    /// <summary>Lower case, without final dots.</summary>
    public string Host { get; }

    /// <summary>Null: none is stated, and no scheme says one.</summary>
    public int? Port { get; }

    /// <summary>The strict reading of the address once its host stands alone; null: even so there is none.</summary>
    public WebAddress? Address { get; }

    /// <summary>A URL with this host, canonical where there is an <see cref="Address"/>; for a network address, with its port.</summary>
    public string Name { get; }

    /// <summary>Of a URL, or what might be taken for one.</summary>
    /// <param name="url">Untrusted.</param>
    /// <param name="strict">Its strict reading, by which every client understands the same place; null: there is none.</param>
    public static ImmutableArray<LenientAddress> OfWeb(string url, WebAddress? strict)
    {
        if (strict is not null)
        {
            var own = new LenientAddress(strict.Host, strict.Port, strict, strict.Canonical);
            return HostName.OtherSpelling(strict.Host) is { } other ? [own, Of(strict.Scheme, other, strict.HasDefaultPort ? null : strict.Port, strict.Path + strict.Query)] : [own];
        }

        var read = ImmutableArray.CreateBuilder<LenientAddress>(1);
        foreach (var text in url.Contains('%', StringComparison.Ordinal) ? [HostName.Unescape(url), url] : new[] { url })
        {
            foreach (var (scheme, rest) in Readings(Folded(text)))
            {
                var end = rest.AsSpan().IndexOfAny('/', '?', '#');
                var tail = end < 0 ? "" : Escaped(rest[end..Math.Min(rest.Length, end + MaxTail)]);
                foreach (var (host, stated) in Hosts(end < 0 ? rest : rest[..end]))
                {
                    foreach (var assumed in scheme is null ? Assumed : [scheme])
                    {
                        read.Add(Of(assumed, host, stated, tail));
                    }
                }
            }
        }

        return read.DrainToImmutable();
    }

    /// <summary>Of a host with or without a port.</summary>
    public static ImmutableArray<LenientAddress> OfNetwork(string text)
    {
        var read = ImmutableArray.CreateBuilder<LenientAddress>(1);
        foreach (var (scheme, rest) in Readings(Folded(HostName.Unescape(text))))
        {
            var end = rest.AsSpan().IndexOfAny('/', '?', '#');
            foreach (var (host, stated) in Hosts(end < 0 ? rest : rest[..end]))
            {
                var port = stated ?? (scheme is null ? null : WebAddress.DefaultPort(scheme));
                read.Add(new LenientAddress(host, port, null, port is null ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}")));
            }
        }

        return read.DrainToImmutable();
    }

    private static LenientAddress Of(string scheme, string host, int? stated, string tail)
    {
        var written = stated is { } port ? string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}{tail}") : $"{scheme}://{host}{tail}";
        var address = WebAddress.Parse(written);
        return new LenientAddress(host, address?.Port ?? stated ?? WebAddress.DefaultPort(scheme), address, address?.Canonical ?? written);
    }

    private static string Folded(string text) => TextForm.WithoutBlanks(TextForm.Compatible(text)).Replace('。', '.').Replace('\\', '/');

    // What may stand for the scheme, and what follows it. Null: none is stated.
    private static IEnumerable<(string? Scheme, string Remainder)> Readings(string text)
    {
        var end = text.AsSpan().IndexOfAny(":/?#@");
        var slashes = text.IndexOf("//", StringComparison.Ordinal);
        var scheme = end > 0 && text[end] == ':' ? text[..end].ToLowerInvariant() : null;
        var isUsual = slashes >= 0 && slashes == end + 1;
        if (scheme is not null && (isUsual || WebAddress.DefaultPort(scheme) is not null))
        {
            yield return (scheme, text[(end + 1)..].TrimStart('/'));
        }
        else
        {
            yield return (null, text.TrimStart('/'));
        }

        // An address behind something else: `view-source:https://host/`.
        if (slashes > 0 && !(scheme is not null && isUsual))
        {
            yield return (null, text[slashes..].TrimStart('/'));
        }
    }

    private static IEnumerable<(string Host, int? Port)> Hosts(string authority)
    {
        var parts = authority.Split('@');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i >= MaxParts / 2 && i < parts.Length - (MaxParts / 2))
            {
                continue;
            }

            var part = parts[i];
            var colon = part.LastIndexOf(':');
            var hasPort = colon > part.LastIndexOf(']');
            var host = (hasPort ? part[..colon] : part).Trim('.').ToLowerInvariant();
            if (host.Length == 0)
            {
                continue;
            }

            int? port = hasPort ? PortOf(part.AsSpan(colon + 1)) : null;
            yield return (host, port);
            if (HostName.OtherSpelling(host) is { } other)
            {
                yield return (other, port);
            }
        }
    }

    // Its leading digits: what follows them some clients do not look at.
    private static int? PortOf(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(length < 0 ? text : text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535 ? number : null;
    }

    // What no strict reading takes, and clients encode before they send it.
    private static string Escaped(string tail)
    {
        if (!tail.AsSpan().ContainsAny(ToEscape) && Ascii.IsValid(tail))
        {
            return tail;
        }

        var escaped = new StringBuilder(tail.Length);
        foreach (var rune in tail.EnumerateRunes())
        {
            escaped.Append(rune.Value >= 0x7f || ToEscape.Contains((char)rune.Value) ? Uri.EscapeDataString(rune.ToString()) : rune.ToString());
        }

        return escaped.ToString();
    }
}
