namespace Guard.Policy.Matching;

/// <summary>
/// What <c>matches</c> means for a URL in an allow rule. Without <c>/</c> and <c>:</c> the pattern is compared with the host.
/// With them it is taken apart as a URL is (scheme, host, path), so that no <c>*</c> reaches from one part into another:
/// <c>https://*.github.com/*</c> does not cover <c>https://evil.example/.github.com/</c>.
/// </summary>
internal sealed class WebPattern
{
    private readonly TextGlob? _scheme;
    private readonly HostPattern _host;
    private readonly bool _onlyDefaultPort;

    /// <summary>Null: any path.</summary>
    private readonly TextGlob? _path;
    private readonly bool _anyQuery;

    private WebPattern(TextGlob? scheme, HostPattern host, bool onlyDefaultPort, TextGlob? path, bool anyQuery) =>
        (_scheme, _host, _onlyDefaultPort, _path, _anyQuery) = (scheme, host, onlyDefaultPort, path, anyQuery);

    public static WebPattern? Parse(string pattern, out string? problem)
    {
        if (!pattern.AsSpan().ContainsAny('/', ':'))
        {
            return HostPattern.Parse(pattern, out problem) is { } hostOnly ? new WebPattern(null, hostOnly, false, null, true) : null;
        }

        TextGlob? scheme = null;
        var rest = pattern;
        var colon = pattern.IndexOf("://", StringComparison.Ordinal);
        if (colon >= 0)
        {
            rest = pattern[(colon + 3)..];
            scheme = TextGlob.Parse(pattern[..colon].ToLowerInvariant(), ignoreCase: false, out problem);
            if (scheme is null)
            {
                return null;
            }
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        if (HostPattern.Parse(authority, out problem) is not { } host)
        {
            return null;
        }

        if (slash < 0)
        {
            // `https://github.com*` covers every path; `https://github.com` is that page alone; `github.com:8443` is a host.
            var whole = colon < 0 || authority.EndsWith('*');
            return new WebPattern(scheme, host, !host.HasPort, whole ? null : TextGlob.Parse("/", false, out problem), whole);
        }

        var path = TextGlob.Parse(rest[slash..], ignoreCase: false, out problem);
        return path is null ? null : new WebPattern(scheme, host, !host.HasPort, path, rest.EndsWith('*'));
    }

    /// <summary>Texts that the canonical form of every URL it matches holds.</summary>
    public IEnumerable<string> Literals() => _host.Literals().Concat(_path?.Parts() ?? []);

    public bool IsMatch(WebAddress address) =>
        (_scheme is null || _scheme.IsMatch(address.Scheme))
        && (!_onlyDefaultPort || address.HasDefaultPort)
        && _host.IsMatch(address.Host, address.Port)
        && (_path is null || _path.IsMatch(_anyQuery ? address.Path : address.Path + address.Query));
}
