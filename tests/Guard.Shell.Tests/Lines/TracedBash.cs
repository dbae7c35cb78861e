using System.Diagnostics;
using System.Text.RegularExpressions;
using Guard.Shell.Lines;
using Guard.Shell.Tests.Bash;

namespace Guard.Shell.Tests.Lines;

/// <summary>One thing that a process of a line did: <c>run NAME</c>, <c>read|write|delete PATH</c>, or <c>name PATH</c> for an operand that is a file.</summary>
internal readonly record struct TracedEvent(string Verb, string Resource);

/// <summary>Runs lines in the machine's own bash under strace, in a folder that is made anew for each.</summary>
internal sealed partial class TracedBash : IDisposable
{
    private static readonly string[] Made = ["w/a.txt", "w/b.txt", "w/.env", "w/pkg/c.txt", "w/pkg/d e.txt", "w/list.txt", "home/f.txt"];

    private readonly string _root = Directory.CreateTempSubdirectory("guard-truth-").FullName;

    public string Folder => Path.Combine(_root, "w");

    public LineFacts Facts => new()
    {
        WorkingDirectory = Folder,
        Home = Path.Combine(_root, "home"),
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["CDPATH"] = null, ["x"] = null, ["y"] = null, ["i"] = null, ["v"] = null, ["arr"] = null },
        View = MachineFiles.Instance,
        Probe = MachineFiles.FormOf,
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public void MakeFiles()
    {
        foreach (var folder in (string[])[Folder, Path.Combine(_root, "home")])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
        }

        foreach (var file in Made)
        {
            var path = Path.Combine(_root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "a.txt\nb\n");
        }
    }

    /// <summary>What happened below the folder. A folder that is opened is left out: programs do that to find their way back, too.</summary>
    public IReadOnlyList<TracedEvent> Run(string line)
    {
        var log = Path.Combine(_root, "trace");
        var start = new ProcessStartInfo("strace") { UseShellExecute = false, WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] arguments = ["-f", "-qq", "-y", "-s", "4096", "-e", "trace=execve,open,openat,creat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,truncate,clone,clone3,fork,vfork,chdir,fchdir", "-e", "signal=none", "-o", log, "prlimit", "--fsize=1000000", "timeout", "10", "bash", "--norc", "--noprofile", "-c", line];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["HOME"] = Path.Combine(_root, "home");
        using var process = System.Diagnostics.Process.Start(start) ?? throw new InvalidOperationException("strace did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        Task.WaitAll(output, errors);
        var calls = Whole(File.ReadLines(log)).Where(l => !l.Contains(" = -1 ", StringComparison.Ordinal)).ToList();
        calls = [.. calls.Except(OfTar(calls))];
        var events = Follow(calls).Skip(3);
        return [.. events.Distinct().Where(e => e.Verb != "read" || !Directory.Exists(e.Resource))];
    }

    /// <summary>What each call did, in the folder that its process was in.</summary>
    private List<TracedEvent> Follow(List<string> calls)
    {
        var parents = calls.Select(l => (Line: l, Match: Forked().Match(l))).Where(f => f.Match.Success)
            .GroupBy(f => f.Match.Groups["child"].Value, f => Process(f.Line), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var (runs, events) = (0, new List<TracedEvent>());
        foreach (var call in calls)
        {
            var process = Process(call);
            var folder = FolderOf(process);
            if (Forked().Match(call) is { Success: true } fork)
                folders.TryAdd(fork.Groups["child"].Value, folder);
            else if (Moved().Match(call) is { Success: true } move)
                folders[process] = Path.GetFullPath(move.Groups["path"].Value, folder);
            else if (Parse(call, folder) is { } happened)
                events.Add(happened);

            // The first three start the line.
            if (Executed().IsMatch(call) && ++runs > 3)
                events.AddRange(Operands(call, folder));
        }

        return events;

        // A process starts where its parent is at that time: one in the background may be heard of first when its parent is elsewhere.
        // If it is heard of before its start is, the parent still waits for that.
        string FolderOf(string process)
        {
            if (!folders.TryGetValue(process, out var folder))
                folders[process] = folder = parents.TryGetValue(process, out var parent) ? FolderOf(parent) : Folder;
            return folder;
        }
    }

    private TracedEvent? Parse(string line, string current)
    {
        if (Executed().Match(line) is { Success: true } run)
            return new TracedEvent("run", Path.GetFileName(run.Groups["path"].Value));
        if (Named().Match(line) is not { Success: true } call || line.Contains("O_DIRECTORY", StringComparison.Ordinal))
            return null;
        var name = call.Groups["call"].Value;

        // Of a link the target is a text, and the new name comes last. A slash at the end of a name says only that it is a folder.
        var named = name.Contains("link", StringComparison.Ordinal) && !name.StartsWith("unlink", StringComparison.Ordinal) && Linked().Match(line) is { Success: true } link ? link : call;
        var folder = named.Groups["at"].Success ? named.Groups["at"].Value : current;
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named.Groups["path"].Value, folder));
        if (path != Folder && !path.StartsWith(Folder + "/", StringComparison.Ordinal) && !path.StartsWith(Path.Combine(_root, "home") + "/", StringComparison.Ordinal))
            return null;
        var writes = line.Contains("O_WRONLY", StringComparison.Ordinal) || line.Contains("O_RDWR", StringComparison.Ordinal) || line.Contains("O_CREAT", StringComparison.Ordinal);
        return new TracedEvent(name is "open" or "openat" ? writes ? "write" : "read" : name is "unlink" or "unlinkat" or "rmdir" || name.StartsWith("rename", StringComparison.Ordinal) ? "delete" : "write", path);
    }

    /// <summary>Puts together calls that another process's came between.</summary>
    private static IEnumerable<string> Whole(IEnumerable<string> log)
    {
        var begun = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in log)
        {
            var process = Process(line);
            var cut = line.IndexOf(" <unfinished ...>", StringComparison.Ordinal);
            var resumed = line.IndexOf(" resumed>", StringComparison.Ordinal);
            if (cut > 0)
                begun[process] = line[..cut];
            else if (resumed > 0 && line.Contains(" <... ", StringComparison.Ordinal))
                yield return begun.Remove(process, out var start) ? start + line[(resumed + 9)..] : line;
            else
                yield return line;
        }

        foreach (var start in begun.Values)
            yield return start + ") = ?";
    }

    /// <summary>What the processes do that tar starts for itself, to pack and unpack: bash did not, and the line does not name them.</summary>
    private static IEnumerable<string> OfTar(List<string> calls)
    {
        var tars = calls.Where(l => Executed().Match(l) is { Success: true } run && Path.GetFileName(run.Groups["path"].Value) == "tar").Select(Process).ToHashSet(StringComparer.Ordinal);
        var own = new HashSet<string>(StringComparer.Ordinal);
        for (var before = -1; before < own.Count;)
        {
            before = own.Count;
            foreach (var call in calls.Where(l => Forked().IsMatch(l) && (tars.Contains(Process(l)) || own.Contains(Process(l)))))
                own.Add(Forked().Match(call).Groups["child"].Value);
        }

        return calls.Where(l => own.Contains(Process(l)));
    }

    private static string Process(string line) => line[..line.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>The words of a program's arguments that are files which were there before.</summary>
    private IEnumerable<TracedEvent> Operands(string line, string folder)
    {
        foreach (var word in Words().Matches(Executed().Match(line).Groups["words"].Value).Skip(1).Select(m => m.Groups["word"].Value))
        {
            var path = Path.GetFullPath(word, folder);
            if (Made.Any(m => Path.Combine(_root, m) == path))
                yield return new TracedEvent("name", path);
        }
    }

    [GeneratedRegex("^\\d+ +execve\\(\"(?<path>[^\"]*)\", \\[(?<words>.*)\\], 0x", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Executed();

    [GeneratedRegex("^\\d+ +(?<call>openat|open|creat|unlinkat|unlink|renameat2|renameat|rename|linkat|link|symlinkat|symlink|mkdirat|mkdir|rmdir|truncate)\\((AT_FDCWD<(?<at>[^>]*)>, |\\d+<(?<at>[^>]*)>, )?\"(?<path>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();

    [GeneratedRegex("^\\d+ +(clone3?|v?fork)\\(.* = (?<child>\\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Forked();

    [GeneratedRegex("^\\d+ +(chdir\\(\"(?<path>[^\"]*)\"|fchdir\\(\\d+<(?<path>[^>]*)>)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Moved();

    [GeneratedRegex(", (AT_FDCWD<(?<at>[^>]*)>, |\\d+<(?<at>[^>]*)>, )?\"(?<path>[^\"]*)\"(, [A-Z0-9_]+)?\\) += ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Linked();

    [GeneratedRegex("\"(?<word>([^\"\\\\]|\\\\.)*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Words();
}
