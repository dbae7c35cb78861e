using Guard.Cli.Terminal;

namespace Guard.Cli.Init.Managed;

/// <summary>
/// Brings things of the machine into a wanted state, one by one, and notes what that took. With a dry run it only notes.
/// Everything it writes lies below folders that root alone may write, so nobody can put a link in the way.
/// </summary>
internal sealed class Machine(CliContext context, bool dryRun)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<ManagedStep> _steps = [];
    private readonly List<string> _made = [];

    public bool DryRun => dryRun;

    public IReadOnlyList<ManagedStep> Steps => _steps;

    /// <summary>What was not there before.</summary>
    public IReadOnlyList<string> Made => _made;

    public void Note(string thing, string state) => _steps.Add(new ManagedStep(thing, state));

    public void Folder(string path, uint user, uint group, UnixFileMode mode)
    {
        var there = Directory.Exists(path);
        if (!there && File.Exists(path)) throw CliException.Refused($"{path} is a file where a folder is needed; move it away");
        if (new DirectoryInfo(path).LinkTarget is not null) throw CliException.Refused($"{path} is a link where a folder is needed; move it away");
        var right = there && File.GetUnixFileMode(path) == mode;
        Note($"folder {path}", !there ? "made" : right ? "unchanged" : "changed");
        if (!there) _made.Add(path);
        if (dryRun) return;
        // Made for root alone, and opened to others when it is theirs.
        if (!there) Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileOwner.Set(path, user, group);
        File.SetUnixFileMode(path, mode);
    }

    /// <returns>Whether the file was made or changed.</returns>
    public bool Write(string path, byte[] content, uint user, uint group, UnixFileMode mode, bool note = true)
    {
        var there = File.Exists(path);
        var right = there && File.GetUnixFileMode(path) == mode && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        if (note) Note($"file {path}", !there ? "made" : right ? "unchanged" : "changed");
        if (!there && note) _made.Add(path);
        if (dryRun) return !right;
        if (right)
        {
            // Giving a file away takes its setgid bit, so the mode follows.
            FileOwner.Set(path, user, group);
            File.SetUnixFileMode(path, mode);
            return false;
        }

        // A program that runs keeps its file: the new one takes the name.
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            PrivateFile.Write(temporary, content);
            FileOwner.Set(temporary, user, group);
            File.SetUnixFileMode(temporary, mode);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        return true;
    }

    public void Link(string path, string target)
    {
        var there = new FileInfo(path).LinkTarget;
        if (there is null && Path.Exists(path))
        {
            Note($"link {path}", "kept: something else stands there");
            return;
        }

        Note($"link {path}", there == target ? "unchanged" : there is null ? "made" : "changed");
        if (there is null) _made.Add(path);
        if (dryRun || there == target) return;
        if (there is not null) File.Delete(path);
        File.CreateSymbolicLink(path, target);
    }

    public void Remove(string path)
    {
        var isFolder = new FileInfo(path).LinkTarget is null && Directory.Exists(path);
        if (!isFolder && !Path.Exists(path) && new FileInfo(path).LinkTarget is null) return;
        if (isFolder && Directory.EnumerateFileSystemEntries(path).Any())
        {
            Note($"folder {path}", "kept: it is not empty");
            return;
        }

        Note($"{(isFolder ? "folder" : "file")} {path}", "removed");
        if (dryRun) return;
        if (isFolder)
            Directory.Delete(path);
        else
            File.Delete(path);
    }

    public void RemoveAll(string folder)
    {
        if (!Directory.Exists(folder)) return;
        Note($"folder {folder} with all in it", "removed");
        if (!dryRun) Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs a program of the system.</summary>
    /// <exception cref="CliException">It is missing or failed; the message has its words.</exception>
    public async Task RunAsync(string thing, string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        Note(thing, "done");
        if (dryRun) return;
        await AskAsync(program, arguments, "", cancel);
    }

    /// <summary>Runs a program of the system for its output; also in a dry run.</summary>
    public async Task<string> AskAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken cancel)
    {
        var path = AgentClient.FindOnPath(context, program) ?? new[] { "/usr/sbin", "/usr/bin", "/sbin", "/bin" }.Select(folder => Path.Combine(folder, program)).FirstOrDefault(AgentClient.IsExecutable)
            ?? throw CliException.Refused($"`{program}` is needed and not on PATH; install it and run the command again");
        var result = await ChildProcess.RunAsync(path, arguments, input, "/", Limit, cancel);
        if (result.ExitCode == 0) return result.Output;
        throw CliException.Refused($"`{program} {string.Join(' ', arguments)}` failed with {result.ExitCode}: {(result.Error + result.Output).Trim()}; mend that and run the command again, which goes on where it stopped");
    }
}
