using System.Text;
using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents;

/// <summary>
/// What a workspace says of itself: its repository, the branch that is checked out, its own policy. Whoever can write there can
/// change it, so rules hear it only where it tightens. Reads a few small files and starts no process.
/// </summary>
public static class WorkspaceFacts
{
    private const int MaxHead = 4 * 1024;
    private const int MaxConfig = 64 * 1024;
    private const int MaxLevels = 8;
    private const int MaxFact = 512;

    /// <summary>The call with the facts of its workspace.</summary>
    /// <param name="call">With its workspace.</param>
    /// <param name="files">Where the workspace lies.</param>
    /// <param name="host">The machine's name.</param>
    /// <exception cref="UnreadableInputException">There is a policy in the workspace and it cannot be sent: the call must not happen.</exception>
    public static ToolCall AddTo(ToolCall call, IPathView files, string? host)
    {
        if (call.Workspace is not { } workspace) return call with { Host = Usable(host) };
        var folder = workspace.Real ?? workspace.Written;
        var git = FindGit(folder, files);
        return call with
        {
            Project = git is null ? null : Usable(Project(git, files)),
            Branch = git is null ? null : Usable(Branch(git, files)),
            Host = Usable(host),
            Policy = Policy(folder, files),
        };
    }

    /// <summary><c>host/path</c> of a repository's address without user, password, port and ending; null for one on this machine.</summary>
    public static string? ProjectOf(string address)
    {
        var text = address.Trim();
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            // git@github.com:acme/app.git
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || text.AsSpan(0, colon).Contains('/')) return null;
            text = $"{text[..colon]}/{text[(colon + 1)..].TrimStart('/')}";
        }
        else if (text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        else
        {
            text = text[(scheme + 3)..];
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0) return null;
        var host = text[..slash];
        host = host[(host.LastIndexOf('@') + 1)..];
        var port = host.LastIndexOf(':');
        if (port >= 0 && !host.EndsWith(']')) host = host[..port];
        var path = text[(slash + 1)..].Trim('/');
        if (path.EndsWith(".git", StringComparison.OrdinalIgnoreCase)) path = path[..^4].TrimEnd('/');
        return host.Length == 0 || path.Length == 0 ? null : $"{host.ToLowerInvariant()}/{path}";
    }

    private static WorkspacePolicy? Policy(string workspace, IPathView files)
    {
        var path = $"{workspace.TrimEnd('/')}/{WorkspacePolicy.File}";
        if (files.FormOf(path) == PathEntryForm.Missing) return null;
        if (files.Text(path, WorkspacePolicy.MaxBytes) is not { } text)
            throw new UnreadableInputException($"the workspace's policy {WorkspacePolicy.File} cannot be read, or has more than {WorkspacePolicy.MaxBytes / 1024} KB; correct it, or remove it");
        if (text.Contains('\uFFFD', StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal))
            throw new UnreadableInputException($"the workspace's policy {WorkspacePolicy.File} is not text in UTF-8; correct it, or remove it");
        return new WorkspacePolicy { Digest = Sha256.Digest(Encoding.UTF8.GetBytes(text)), Text = text };
    }

    private static string? FindGit(string folder, IPathView files)
    {
        for (var (at, level) = (folder.TrimEnd('/'), 0); at.Length > 0 && level < MaxLevels; at = at[..at.LastIndexOf('/')], level++)
        {
            var git = at + "/.git";
            switch (files.FormOf(git))
            {
                case PathEntryForm.Folder:
                    return git;
                case PathEntryForm.File:
                    // A worktree or submodule: the file says where the folder is.
                    const string pointer = "gitdir: ";
                    return files.Text(git, MaxHead) is { } text && text.StartsWith(pointer, StringComparison.Ordinal) ? Absolute(at, text[pointer.Length..].TrimEnd()) : null;
                case PathEntryForm.Unknown:
                    return null;
            }
        }

        return null;
    }

    private static string? Branch(string git, IPathView files)
    {
        const string reference = "ref: refs/heads/";
        return TextOf(git + "/HEAD", MaxHead, files) is { } head && head.StartsWith(reference, StringComparison.Ordinal) ? head[reference.Length..].TrimEnd() : null;
    }

    private static string? Project(string git, IPathView files)
    {
        var common = TextOf(git + "/commondir", MaxHead, files) is { } stated ? Absolute(git, stated.TrimEnd()) : git;
        var inOrigin = false;
        foreach (var written in (TextOf(common + "/config", MaxConfig, files) ?? "").Split('\n'))
        {
            var line = written.Trim();
            if (line.StartsWith('['))
            {
                inOrigin = line.Equals("[remote \"origin\"]", StringComparison.OrdinalIgnoreCase);
            }
            else if (inOrigin && line.StartsWith("url", StringComparison.OrdinalIgnoreCase) && line[3..].TrimStart() is ['=', .. var address])
            {
                return ProjectOf(address.Trim().Trim('"'));
            }
        }

        return null;
    }

    private static string? TextOf(string path, int most, IPathView files) => files.FormOf(path) == PathEntryForm.File ? files.Text(path, most) : null;

    private static string Absolute(string folder, string path) => path.StartsWith('/') ? path : $"{folder}/{path}";

    // What is odd is not stated; rules that need it then only tighten.
    private static string? Usable(string? fact) => fact is { Length: > 0 and <= MaxFact } && !fact.AsSpan().ContainsAnyInRange('\0', '\u001f') && !fact.AsSpan().ContainsAny('\u007f', '\ufffd') ? fact : null;
}
