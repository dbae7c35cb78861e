using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>
/// A pattern over a host, compared label by label. A leading <c>*</c> in front of a name stands for any labels before it
/// (<c>*github.com</c>: github.com and what is below), <c>*.</c> for at least one, a final <c>.*</c> for at least one label
/// behind; a final <c>*</c> glued to a name adds nothing. A <c>*</c> inside a label stays inside it. <c>*</c> alone is any host.
/// </summary>
internal sealed class HostPattern
{
    private readonly ImmutableArray<TextGlob> _labels;
    private readonly bool _any;
    private readonly Unlimited _before;
    private readonly Unlimited _behind;
    private readonly string? _port;

    private HostPattern(bool any, ImmutableArray<TextGlob> labels, Unlimited before, Unlimited behind, string? port) =>
        (_any, _labels, _before, _behind, _port) = (any, labels, before, behind, port);

    /// <summary>How many labels may stand there beside those of the pattern.</summary>
    private enum Unlimited
    {
        None,
        AtLeastOne,
        Any,
    }

    /// <summary>A pattern for a <c>host:port</c>; otherwise any port.</summary>
    public bool HasPort => _port is not null;

    /// <summary>Parses <c>host</c> or <c>host:port</c>, or says in <paramref name="problem"/> why it is wrong.</summary>
    public static HostPattern? Parse(string pattern, out string? problem)
    {
        problem = null;
        string? port = null;
        var host = pattern.ToLowerInvariant();
        if (HostName.Parse($"[{host}]") is { } bare)
        {
            // Without its brackets an IPv6 address can be nothing else.
            host = bare;
        }

        var colon = host.LastIndexOf(':');
        if (colon >= 0 && colon > host.LastIndexOf(']'))
        {
            port = host[(colon + 1)..];
            host = host[..colon];
            if (port != "*" && !(int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535))
            {
                problem = $"`{port}` is no port";
                return null;
            }
        }

        if (host.AsSpan().ContainsAny("/@\\ "))
        {
            problem = "a host has no `/`, `@`, `\\` or blank";
            return null;
        }

        if (!host.StartsWith('[') && host.Contains(':', StringComparison.Ordinal))
        {
            problem = "a name has no `:`, and an IPv6 address with a port stands in brackets, such as `[::1]:8080`";
            return null;
        }

        var isAddress = host.StartsWith('[') && (host.EndsWith(']') || host.Contains(':', StringComparison.Ordinal));
        if (isAddress && !host.AsSpan().ContainsAny("*?"))
        {
            // In the one spelling that addresses are compared in.
            if (HostName.Parse(host) is not { } address)
            {
                problem = "what stands in the brackets is no IPv6 address";
                return null;
            }

            host = address;
        }

        if (host.Trim('*').Length == 0)
        {
            problem = host.Length == 0 ? "there is no host in it" : null;
            return host.Length == 0 ? null : new HostPattern(any: true, [], Unlimited.Any, Unlimited.Any, port);
        }

        var before = Unlimited.None;
        if (host.StartsWith("*.", StringComparison.Ordinal))
        {
            (before, host) = (Unlimited.AtLeastOne, host[2..]);
        }
        else if (host.StartsWith('*'))
        {
            (before, host) = (Unlimited.Any, host.TrimStart('*'));
        }

        var behind = Unlimited.None;
        if (host.EndsWith(".*", StringComparison.Ordinal))
        {
            (behind, host) = (Unlimited.AtLeastOne, host[..^2]);
        }
        else if (host.EndsWith('*'))
        {
            host = host.TrimEnd('*');
        }

        host = host.TrimEnd('.');
        var labels = ImmutableArray.CreateBuilder<TextGlob>();
        foreach (var written in isAddress ? [Literal(host)] : host.Split('.'))
        {
            // Names are looked up in ASCII, and that is what stands in the addresses that an allow rule may cover.
            var label = Ascii.IsValid(written) || written.AsSpan().ContainsAny("*?[") ? written : HostName.LookedUp(TextForm.Compatible(written)) ?? written;
            if (label.Length == 0)
            {
                problem = "a label of the host is empty";
                return null;
            }

            if (TextGlob.Parse(label, ignoreCase: false, out problem) is not { } glob)
            {
                return null;
            }

            labels.Add(glob);
        }

        return new HostPattern(any: false, labels.ToImmutable(), before, behind, port);
    }

    /// <summary>Texts that every host it matches holds.</summary>
    public IEnumerable<string> Literals()
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        for (var i = 0; i < _labels.Length; i++)
        {
            if (i > 0) piece.Append('.');
            foreach (var part in _labels[i].Parts())
            {
                if (part.Length > 0)
                {
                    piece.Append(part);
                    continue;
                }

                pieces.Add(piece.ToString());
                piece.Clear();
            }
        }

        pieces.Add(piece.ToString());
        return pieces;
    }

    /// <summary>Whether a host (lower case, no final dot) and its port match.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">Null: the host alone counts, unless the pattern names a port.</param>
    public bool IsMatch(string host, int? port)
    {
        if (_port is not (null or "*") && port?.ToString(CultureInfo.InvariantCulture) != _port)
        {
            return false;
        }

        if (_any)
        {
            return true;
        }

        var labels = host.StartsWith('[') ? [host] : host.Split('.');
        for (var start = 0; start + _labels.Length <= labels.Length; start++)
        {
            var behind = labels.Length - start - _labels.Length;
            if (Fits(_before, start) && Fits(_behind, behind) && _labels.Select((l, i) => l.IsMatch(labels[start + i])).All(m => m))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(Unlimited limit, int count) => limit switch
    {
        Unlimited.None => count == 0,
        Unlimited.AtLeastOne => count >= 1,
        _ => true,
    };

    private static string Literal(string host) => host.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
}
