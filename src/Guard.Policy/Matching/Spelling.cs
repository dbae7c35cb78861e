namespace Guard.Policy.Matching;

/// <summary>
/// One way to write the thing an access acts on. A block of comparisons is evaluated against one spelling at a time, never
/// mixed across spellings.
/// </summary>
internal sealed class Spelling
{
    // Filled at first use: many rules ask for the same spelling, and its text may be long.
    private IReadOnlyList<string>? _generousNames;
    private IReadOnlyList<string>? _lenientHosts;

    private Spelling(ResourceKinds kind, string text, bool subtree) => (Kind, Text, Subtree) = (kind, text, subtree);

    public ResourceKinds Kind { get; }

    /// <summary>As it came, or the path's clean text.</summary>
    public string Text { get; }

    /// <summary>Everything below the path as well.</summary>
    public bool Subtree { get; }

    /// <summary>Commands: <see cref="Text"/> is only the beginning; what follows is not known.</summary>
    public bool IsOpen { get; private init; }

    /// <summary>Files: the path.</summary>
    public AbsolutePath? Path { get; private init; }

    /// <summary>Files: symlinks are resolved in <see cref="Path"/>.</summary>
    public bool IsReal { get; private init; }

    /// <summary>Files: what <c>./</c> and <c>~/</c> mean.</summary>
    public PathAnchors? Anchors { get; private init; }

    /// <summary>Web: the strict reading, or null where there is none.</summary>
    public WebAddress? Address { get; private init; }

    public static Spelling OfFile(AbsolutePath path, bool isReal, bool subtree, PathAnchors anchors) =>
        new(ResourceKinds.File, path.Text, subtree) { Path = path, IsReal = isReal, Anchors = anchors };

    public static Spelling OfCommand(string text) => new(ResourceKinds.Command, text, subtree: false);

    public static Spelling OfBeginning(string text) => new(ResourceKinds.Command, text, subtree: false) { IsOpen = true };

    public static Spelling OfWeb(string url) => new(ResourceKinds.Web, url, subtree: false) { Address = WebAddress.Parse(url) };

    public static Spelling OfNetwork(string host) => new(ResourceKinds.Network, host, subtree: false);

    public static Spelling OfText(string text) => new(ResourceKinds.Text, text, subtree: false);

    /// <summary>Every host that some client might understand by the text.</summary>
    public IReadOnlyList<string> LenientHosts => _lenientHosts ??= [.. HostName.Lenient(Text)];

    /// <summary>Every true name of the thing, composed, for rules that must not miss.</summary>
    public IReadOnlyList<string> GenerousNames => _generousNames ??= [.. AllNames().Select(TextForm.Composed).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// The texts that <c>equals</c>, <c>startsWith</c>, <c>endsWith</c>, <c>contains</c> and <c>regex</c> compare. Every one
    /// is a true name of the thing; in an allow the operand's own beginning chooses which one is meant.
    /// </summary>
    public IEnumerable<string> Names(string operand, bool generous)
    {
        if (generous)
        {
            return GenerousNames;
        }

        return Kind switch
        {
            ResourceKinds.File => FileNamesFor(operand),
            ResourceKinds.Web => Address is null ? [] : [Address.Canonical],
            ResourceKinds.Network => NetworkNames(),
            _ => [Text],
        };
    }

    /// <summary>Host and port in the strict reading, or null.</summary>
    public (string Host, int? Port)? Host()
    {
        if (Kind == ResourceKinds.Web)
        {
            return Address is null ? null : (Address.Host, Address.Port);
        }

        if (Kind != ResourceKinds.Network || !WebAddress.TrySplitPort(Text, 0, out var text, out var port) || HostName.Parse(text) is not { } host)
        {
            return null;
        }

        return (host, port == 0 ? null : port);
    }

    private IEnumerable<string> AllNames() => Kind switch
    {
        ResourceKinds.File => FileNames(),
        ResourceKinds.Web => WebNames(),
        ResourceKinds.Network => [Text, .. LenientHosts],
        _ => [Text],
    };

    private IEnumerable<string> FileNames()
    {
        yield return Text;
        foreach (var folder in Anchors!.Bases(home: false, IsReal, generous: true).Where(f => Path!.IsAtOrBelow(f, ignoreCase: true)))
        {
            var below = Path!.Below(folder);
            yield return below;
            yield return "./" + below;
        }

        foreach (var folder in Anchors.Bases(home: true, IsReal, generous: true).Where(f => Path!.IsAtOrBelow(f, ignoreCase: true)))
        {
            yield return "~/" + Path!.Below(folder);
        }

        if (Anchors.Workspace is null)
        {
            // Where the workspace is not known, what follows any slash may be the name below it. The error makes deny,
            // approve and ask rules apply.
            if (Path!.Text.Length > AbsolutePath.MaxLength)
            {
                throw new InvalidOperationException($"the path is longer than {AbsolutePath.MaxLength} characters");
            }

            var segments = Path.Segments;
            for (var i = 0; i < segments.Length; i++)
            {
                yield return "./" + string.Join('/', segments.Skip(i));
            }
        }
    }

    private IEnumerable<string> FileNamesFor(string operand)
    {
        var start = operand.TrimStart('^');
        if (start.StartsWith('/'))
        {
            return [Text];
        }

        if (start.StartsWith('~'))
        {
            return Below(home: true).Select(b => "~/" + b);
        }

        var inWorkspace = Below(home: false).ToList();
        if (inWorkspace.Count == 0)
        {
            return [Text];
        }

        return start.StartsWith('.') || start.StartsWith("\\.", StringComparison.Ordinal)
            ? inWorkspace.Select(b => "./" + b)
            : inWorkspace;
    }

    private IEnumerable<string> Below(bool home) =>
        Anchors!.Bases(home, IsReal, generous: false).Where(f => Path!.IsAtOrBelow(f, ignoreCase: false)).Take(1).Select(f => Path!.Below(f));

    private IEnumerable<string> WebNames()
    {
        yield return Text;
        var compatible = TextForm.Compatible(Text);
        yield return compatible;
        yield return Uri.UnescapeDataString(compatible).Replace('\\', '/');
        yield return string.Concat(compatible.Where(c => c > ' ')).Replace('\\', '/');
        if (Address is not null)
        {
            yield return Address.Canonical;
        }

        foreach (var host in LenientHosts)
        {
            yield return host;
        }
    }

    private IEnumerable<string> NetworkNames()
    {
        if (Host() is not { } host)
        {
            yield break;
        }

        yield return host.Host;
        if (host.Port is { } port)
        {
            yield return $"{host.Host}:{port}";
        }
    }
}
