using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary><c>host</c>: compared with the host of a URL or a network address; nothing else has one.</summary>
internal sealed class HostTest : ResourceTest
{
    private readonly string _written;
    private readonly string _core;
    private readonly HostPattern _pattern;

    private HostTest(string written, HostPattern pattern) =>
        (_written, _core, _pattern) = (written, written.Trim('*').Trim('.'), pattern);

    public override string Shown => $"has the host `{_written}`";

    public static HostTest? Parse(string pattern, out string? problem) =>
        HostPattern.Parse(pattern, out problem) is { } host ? new HostTest(pattern, host) : null;

    // INVARIANT (needle of a host): its labels stand together in the core as well.
    public override ImmutableArray<string>? Needles(ResourceKinds kind, bool generous) => Indexing.Needles.Longest(_pattern.Literals());

    public override bool IsMatch(Spelling spelling, bool generous)
    {
        if (spelling.Kind is not (ResourceKinds.Web or ResourceKinds.Network))
        {
            return false;
        }

        if (spelling.Host() is { } host && _pattern.IsMatch(host.Host, host.Port))
        {
            return true;
        }

        if (!generous)
        {
            return false;
        }

        // What has no strict reading matches where the name stands anywhere in it.
        return spelling.Lenient.Any(read => _pattern.IsMatch(read.Host, read.Port))
            || (spelling.Host() is null
                && spelling.GenerousNames.Any(n => n.Contains(_core, StringComparison.OrdinalIgnoreCase)));
    }
}
