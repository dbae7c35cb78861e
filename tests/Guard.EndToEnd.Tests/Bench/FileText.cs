namespace Guard.EndToEnd.Tests.Bench;

/// <summary>Waits for what another process writes.</summary>
internal static class FileText
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    /// <summary>Waits until one line of a file, which may not exist yet, contains all the parts.</summary>
    /// <exception cref="TimeoutException">No line did within 40 seconds.</exception>
    public static async Task LineAppearsAsync(string path, params string[] parts)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Changed += (_, _) => Look();
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        try
        {
            await found.Task.WaitAsync(Limit);
        }
        catch (TimeoutException waited)
        {
            throw new TimeoutException($"No line with `{string.Join("` and `", parts)}` appeared in {path}.", waited);
        }

        void Look()
        {
            if (!File.Exists(path))
                return;
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (reader.ReadLine() is { } line)
                if (Array.TrueForAll(parts, part => line.Contains(part, StringComparison.Ordinal)))
                    found.TrySetResult();
        }
    }
}
