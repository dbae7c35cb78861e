using System.Diagnostics;
using System.Text.RegularExpressions;
using Guard.Shell.Expansion;
using Guard.Shell.Lines;

namespace Guard.Shell.Tests.Lines;

/// <summary>One thing that a process of a line did: <c>run NAME</c>, or <c>read|write|delete PATH</c> below the folder.</summary>
internal readonly record struct TracedEvent(string Verb, string Resource);

/// <summary>Runs lines in the machine's own bash under strace, in a folder that is made anew for each.</summary>
internal sealed partial class TracedBash : IDisposable, IGlobView
{
    private readonly string _root = Directory.CreateTempSubdirectory("guard-truth-").FullName;

    public string Folder => Path.Combine(_root, "w");

    public LineFacts Facts => new()
    {
        WorkingDirectory = Folder,
        Home = Path.Combine(_root, "home"),
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["CDPATH"] = null },
        View = this,
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

        foreach (var file in (string[])["w/a.txt", "w/b.txt", "w/.env", "w/pkg/c.txt", "w/pkg/d e.txt", "home/f.txt"])
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
        string[] arguments = ["-f", "-qq", "-y", "-s", "4096", "-e", "trace=execve,open,openat,creat,unlink,unlinkat,rename,renameat,renameat2", "-e", "signal=none", "-o", log, "timeout", "10", "bash", "--norc", "--noprofile", "-c", line];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["HOME"] = Path.Combine(_root, "home");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("strace did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        Task.WaitAll(output, errors);
        return [.. File.ReadLines(log).Select(Parse).OfType<TracedEvent>().Skip(2).Distinct().Where(e => e.Verb != "read" || !Directory.Exists(e.Resource))];
    }

    public IReadOnlyList<string>? List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Select(p => Path.GetFileName(p))] : null;

    public bool Exists(string path) => Path.Exists(path);

    public bool IsDirectory(string path) => Directory.Exists(path);

    private TracedEvent? Parse(string line)
    {
        if (line.Contains(" = -1 ", StringComparison.Ordinal) || line.Contains("<unfinished", StringComparison.Ordinal))
            return null;
        if (Executed().Match(line) is { Success: true } run)
            return new TracedEvent("run", Path.GetFileName(run.Groups["path"].Value));
        if (Named().Match(line) is not { Success: true } call || line.Contains("O_DIRECTORY", StringComparison.Ordinal))
            return null;
        var folder = call.Groups["at"].Success ? call.Groups["at"].Value : Folder;
        var path = PathPlaceOf(folder, call.Groups["path"].Value);
        if (path != Folder && !path.StartsWith(Folder + "/", StringComparison.Ordinal))
            return null;
        var name = call.Groups["call"].Value;
        var writes = line.Contains("O_WRONLY", StringComparison.Ordinal) || line.Contains("O_RDWR", StringComparison.Ordinal) || line.Contains("O_CREAT", StringComparison.Ordinal);
        return new TracedEvent(name is "open" or "openat" ? writes ? "write" : "read" : name == "creat" ? "write" : "delete", path);
    }

    private static string PathPlaceOf(string folder, string path) => Path.GetFullPath(path, folder);

    [GeneratedRegex("^\\d+ +execve\\(\"(?<path>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Executed();

    [GeneratedRegex("^\\d+ +(?<call>open|openat|creat|unlink|unlinkat|rename|renameat|renameat2)\\((AT_FDCWD<(?<at>[^>]*)>, |\\d+<(?<at>[^>]*)>, )?\"(?<path>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
