namespace Guard.EndToEnd.Tests.Bench;

/// <summary>Waits for what another process writes.</summary>
internal static class FileText
{
    /// <summary>Waits until a file, which may not exist yet, contains the text.</summary>
    /// <exception cref="TimeoutException">It did not within the limit, by default 60 seconds.</exception>
    public static async Task AppearsAsync(string path, string text, TimeSpan? limit = null)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Changed += (_, _) => Look();
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        try
        {
            await found.Task.WaitAsync(limit ?? TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException waited)
        {
            throw new TimeoutException($"`{text}` did not appear in {path}.", waited);
        }

        void Look()
        {
            if (!File.Exists(path))
                return;
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            if (reader.ReadToEnd().Contains(text, StringComparison.Ordinal))
                found.TrySetResult();
        }
    }
}
