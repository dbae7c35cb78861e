using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary>
/// One way to write the thing an access acts on. A block of comparisons is evaluated against one spelling at a time, never
/// mixed across spellings.
/// </summary>
internal sealed class Spelling
{
    // Filled at first use: many rules ask for the same spelling, and its text may be long.
    private ImmutableArray<string> _generousNames;
    private ImmutableArray<LenientAddress> _lenient;
    private ImmutableArray<string> _text;

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

    /// <summary>Web and network: every place that some client might understand by the text.</summary>
    public ImmutableArray<LenientAddress> Lenient =>
        _lenient.IsDefault ? _lenient = Kind == ResourceKinds.Web ? LenientAddress.OfWeb(Text, Address) : LenientAddress.OfNetwork(Text) : _lenient;

    /// <summary>Every true name of the thing, composed, for rules that must not miss.</summary>
    public ImmutableArray<string> GenerousNames => _generousNames.IsDefault ? _generousNames = [.. AllNames()] : _generousNames;

    /// <summary>
    /// The texts that <c>equals</c>, <c>startsWith</c>, <c>endsWith</c>, <c>contains</c> and <c>regex</c> compare. Every one
    /// is a true name of the thing; in an allow the operand's own beginning chooses which one is meant.
    /// </summary>
    public ImmutableArray<string> Names(string operand, bool generous)
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
            _ => TextAlone,
        };
    }

    private ImmutableArray<string> TextAlone => _text.IsDefault ? _text = [Text] : _text;

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

    private List<string> AllNames()
    {
        var names = new List<string>(4);
        Add(names, Text);
        switch (Kind)
        {
            case ResourceKinds.File:
                AddFileNames(names);
                break;
            case ResourceKinds.Web:
                AddWebNames(names);
                break;
            case ResourceKinds.Network:
                AddLenientNames(names);
                break;
        }

        return names;
    }

    // A thing has few names.
    private static void Add(List<string> names, string name)
    {
        var composed = TextForm.Composed(name);
        if (!names.Contains(composed))
        {
            names.Add(composed);
        }
    }

    private void AddFileNames(List<string> names)
    {
        foreach (var folder in Anchors!.Bases(home: false, IsReal, generous: true))
        {
            if (Path!.IsAtOrBelow(folder, ignoreCase: true))
            {
                var below = Path.Below(folder).ToString();
                Add(names, below);
                Add(names, "./" + below);
            }
        }

        foreach (var folder in Anchors.Bases(home: true, IsReal, generous: true))
        {
            if (Path!.IsAtOrBelow(folder, ignoreCase: true))
            {
                Add(names, string.Concat("~/", Path.Below(folder)));
            }
        }

        if (Anchors.Workspace is null)
        {
            // Where the workspace is not known, what follows any slash may be the name below it. The error makes deny,
            // approve and ask rules apply.
            if (Path!.Text.Length > AbsolutePath.MaxLength)
            {
                throw new InvalidOperationException($"the path is longer than {AbsolutePath.MaxLength} characters");
            }

            // Each is shorter than the one before: none of them repeats another.
            for (var i = 0; i < Path.Depth; i++)
            {
                names.Add(TextForm.Composed("./" + Path.From(i)));
            }
        }
    }

    private void AddWebNames(List<string> names)
    {
        var compatible = TextForm.Compatible(Text);
        Add(names, compatible);
        if (compatible.AsSpan().ContainsAny('%', '\\'))
        {
            Add(names, Uri.UnescapeDataString(compatible).Replace('\\', '/'));
        }

        Add(names, TextForm.WithoutBlanks(compatible).Replace('\\', '/'));
        if (Address is not null)
        {
            Add(names, Address.Canonical);
        }

        AddLenientNames(names);
    }

    private void AddLenientNames(List<string> names)
    {
        foreach (var address in Lenient)
        {
            Add(names, address.Host);
            Add(names, address.Name);
        }
    }

    private ImmutableArray<string> FileNamesFor(string operand)
    {
        var start = operand.AsSpan().TrimStart('^');
        if (start.StartsWith("/"))
        {
            return TextAlone;
        }

        if (start.StartsWith("~"))
        {
            return Below(home: true) is { } atHome ? ["~/" + atHome] : [];
        }

        if (Below(home: false) is not { } inWorkspace)
        {
            return TextAlone;
        }

        return start.StartsWith(".") || start.StartsWith("\\.", StringComparison.Ordinal) ? ["./" + inWorkspace] : [inWorkspace];
    }

    private string? Below(bool home)
    {
        foreach (var folder in Anchors!.Bases(home, IsReal, generous: false))
        {
            if (Path!.IsAtOrBelow(folder, ignoreCase: false))
            {
                return Path.Below(folder).ToString();
            }
        }

        return null;
    }

    private ImmutableArray<string> NetworkNames() => Host() switch
    {
        null => [],
        { Port: { } port } host => [host.Host, $"{host.Host}:{port}"],
        { } host => [host.Host],
    };
}
