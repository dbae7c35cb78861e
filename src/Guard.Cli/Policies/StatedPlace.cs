using Guard.Agents;
using Guard.Agents.Paths;
using Guard.Cli.Terminal;
using Guard.Policy;
using Guard.Policy.Suites;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>A stated file tree with its workspace and home folder.</summary>
internal sealed record StatedPlace(string Workspace, string Home, StatedPathView Tree)
{
    private const string LinkSign = " -> ";
    private const string TextSign = " = ";

    /// <summary>What a hook in that place would know.</summary>
    public AdapterContext Context(PolicyBundle bundle) => new() { Paths = Tree, Home = Home, Workspace = Workspace, Walk = () => NamesOf(bundle) };

    /// <summary>What a gateway with this bundle has hooks look for.</summary>
    public static WalkNames? NamesOf(PolicyBundle bundle) => bundle.WalkNames.Count == 0 ? null : new WalkNames { Id = bundle.WalkId, Names = bundle.WalkNames };

    public static StatedPlace Of(SuiteWorkspace workspace)
    {
        var tree = new StatedPathView().AddFolder(workspace.Folder).AddFolder(workspace.Home);
        foreach (var file in workspace.Files) tree.AddFile(file);
        foreach (var (link, target) in workspace.Links) tree.AddLink(link, target);
        return new StatedPlace(workspace.Folder, workspace.Home, tree);
    }

    /// <summary>
    /// Reads a tree file: <c>workspace PATH</c> and <c>home PATH</c>, then one absolute path to a line: a file, a folder with a final
    /// <c>/</c>, <c>link -> target</c>, or <c>file = text</c> with <c>\n</c> for line ends. Lines that begin with <c>#</c> are remarks.
    /// </summary>
    /// <exception cref="CliException">A line is none of these.</exception>
    public static StatedPlace Read(string file)
    {
        string? workspace = null, home = null;
        var tree = new StatedPathView();
        foreach (var (line, number) in File.ReadAllLines(file).Select(static (l, i) => (l.Trim(), i + 1)))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("workspace /", StringComparison.Ordinal)) workspace = line["workspace ".Length..];
            else if (line.StartsWith("home /", StringComparison.Ordinal)) home = line["home ".Length..];
            else if (line[0] != '/') throw CliException.Usage($"{file}:{number}: a path must be absolute");
            else if (line.IndexOf(LinkSign, StringComparison.Ordinal) is > 0 and var at) tree.AddLink(line[..at], line[(at + LinkSign.Length)..]);
            else if (line.IndexOf(TextSign, StringComparison.Ordinal) is > 0 and var equals) tree.AddText(line[..equals], line[(equals + TextSign.Length)..].Replace("\\n", "\n", StringComparison.Ordinal));
            else if (line.EndsWith('/')) tree.AddFolder(line.TrimEnd('/'));
            else tree.AddFile(line);
        }

        if (workspace is null || home is null) throw CliException.Usage($"{file}: it must state `workspace /...` and `home /...`");
        return new StatedPlace(workspace, home, tree.AddFolder(workspace).AddFolder(home));
    }
}
