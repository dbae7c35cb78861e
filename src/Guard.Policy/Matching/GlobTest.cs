using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary><c>matches</c>: a path glob for files, a pattern over host or URL for the web, a text glob for everything else.</summary>
internal sealed class GlobTest : ResourceTest
{
    private readonly string _pattern;
    private readonly PathGlob? _exactPath;
    private readonly PathGlob? _generousPath;
    private readonly TextGlob? _exactText;
    private readonly TextGlob? _generousText;
    private readonly WebPattern? _web;
    private readonly HostPattern? _host;

    private GlobTest(string pattern, PathGlob? exactPath, PathGlob? generousPath, TextGlob? exactText, TextGlob? generousText, WebPattern? web, HostPattern? host) =>
        (_pattern, _exactPath, _generousPath, _exactText, _generousText, _web, _host) = (pattern, exactPath, generousPath, exactText, generousText, web, host);

    public override string Shown => $"matches `{_pattern}`";

    /// <summary>Parses for the kinds of resource that the rule's actions can have, or says what is wrong.</summary>
    public static GlobTest? Parse(string pattern, ResourceKinds kinds, out string? problem)
    {
        problem = null;
        PathGlob? exactPath = null, generousPath = null;
        TextGlob? exactText = null, generousText = null;
        WebPattern? web = null;
        HostPattern? host = null;
        if (kinds.HasFlag(ResourceKinds.File))
        {
            exactPath = PathGlob.Parse(pattern, generous: false, out problem);
            generousPath = PathGlob.Parse(pattern, generous: true, out _);
        }

        if ((kinds & ~ResourceKinds.File) != ResourceKinds.None && problem is null)
        {
            exactText = TextGlob.Parse(pattern, ignoreCase: false, out problem);
            generousText = TextGlob.Parse(pattern, ignoreCase: true, out _);
        }

        // A rule for everything may hold a pattern that is no host: then no allow covers a URL by it, and a deny still
        // compares it as text.
        if ((kinds & (ResourceKinds.Web | ResourceKinds.Network)) != ResourceKinds.None && problem is null)
        {
            web = WebPattern.Parse(pattern, out var noWeb);
            host = HostPattern.Parse(pattern, out var noHost);
            problem = kinds == ResourceKinds.Network ? noHost : (kinds & (ResourceKinds.File | ResourceKinds.Command)) == ResourceKinds.None && web is null ? noWeb : null;
        }

        return problem is null ? new GlobTest(pattern, exactPath, generousPath, exactText, generousText, web, host) : null;
    }

    public override bool IsMatch(Spelling spelling, bool generous) => spelling.Kind switch
    {
        ResourceKinds.File => (generous ? _generousPath : _exactPath)?.IsMatch(spelling.Path!, spelling.IsReal, spelling.Subtree, spelling.Anchors!) == true,
        ResourceKinds.Web => generous ? MatchesWebGenerously(spelling) : spelling.Address is { } address && _web?.IsMatch(address) == true,
        ResourceKinds.Network => generous
            ? MatchesText(spelling) || MatchesHostGenerously(spelling)
            : spelling.Host() is { } host && _host?.IsMatch(host.Host, host.Port) == true,
        ResourceKinds.Command when generous => MatchesText(spelling) || _generousText?.IsMatch(spelling.GenerousNames[0] + " ") == true,

        // A final star takes whatever follows the part that is known.
        ResourceKinds.Command when spelling.IsOpen => _pattern.EndsWith('*') && !_pattern.EndsWith("\\*", StringComparison.Ordinal) && _exactText?.IsMatch(spelling.Text) == true,
        _ => generous ? MatchesText(spelling) : _exactText?.IsMatch(spelling.Text) == true,
    };

    public override ImmutableArray<string>? Needles(ResourceKinds kind, bool generous)
    {
        var text = Indexing.Needles.Longest((generous ? _generousText : _exactText)?.Parts());
        return (kind, generous) switch
        {
            (ResourceKinds.File, _) => Indexing.Needles.Longest((generous ? _generousPath : _exactPath)?.Literals()),
            (ResourceKinds.Web, true) => Indexing.Needles.Any([text, .. HostNeedles(), .. WebNeedles()]),
            (ResourceKinds.Web, false) => Indexing.Needles.Any([.. WebNeedles()]),
            (ResourceKinds.Network, true) => Indexing.Needles.Any([text, .. HostNeedles()]),
            (ResourceKinds.Network, false) => Indexing.Needles.Any([.. HostNeedles()]),
            _ => text,
        };
    }

    // What is not there matches nothing, so it needs no needle.
    private ImmutableArray<string>?[] HostNeedles() => _host is null ? [] : [Indexing.Needles.Longest(_host.Literals())];

    private ImmutableArray<string>?[] WebNeedles() => _web is null ? [] : [Indexing.Needles.Longest(_web.Literals())];

    private bool MatchesWebGenerously(Spelling spelling) =>
        MatchesText(spelling) || MatchesHostGenerously(spelling)
        || (_web is not null && ((spelling.Address is { } strict && _web.IsMatch(strict)) || spelling.Lenient.Any(read => read.Address is { } address && _web.IsMatch(address))));

    private bool MatchesText(Spelling spelling) =>
        _generousText is not null && spelling.GenerousNames.Any(name => _generousText.IsMatch(name));

    private bool MatchesHostGenerously(Spelling spelling) =>
        _host is not null
        && (spelling.Lenient.Any(read => _host.IsMatch(read.Host, read.Port)) || (spelling.Host() is { } strict && _host.IsMatch(strict.Host, strict.Port)));
}
