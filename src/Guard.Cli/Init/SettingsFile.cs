using Guard.Cli.Terminal;

namespace Guard.Cli.Init;

/// <summary>
/// A settings file on disk. Written through a symbolic link into the real file, all at once: a reader sees the old text or
/// the new one.
/// </summary>
internal sealed class SettingsFile
{
    private const int MaxBytes = 4 * 1024 * 1024;

    private SettingsFile(string path, string realPath, byte[]? bytes)
    {
        Path = path;
        RealPath = realPath;
        Bytes = bytes;
    }

    /// <summary>As the client opens it.</summary>
    public string Path { get; }

    /// <summary>Where the text really lies.</summary>
    public string RealPath { get; }

    /// <summary>Null: there is no such file.</summary>
    public byte[]? Bytes { get; }

    private string RealFolder => System.IO.Path.GetDirectoryName(RealPath)!;

    public static SettingsFile Open(string path)
    {
        if (Directory.Exists(path)) throw CliException.Refused($"{path} is a folder where a settings file is expected");
        try
        {
            var info = new FileInfo(path);
            var real = info.LinkTarget is null ? path : info.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            return new SettingsFile(path, real, ReadAll(real));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Copies the file as it is beside itself; returns the copy's path.</summary>
    public string Backup()
    {
        for (var number = 1; ; number++)
        {
            var backup = $"{RealPath}.guard-backup-{number}";
            if (File.Exists(backup)) continue;
            try
            {
                WriteNew(backup, Bytes!, File.GetUnixFileMode(RealPath));
                return backup;
            }
            catch (IOException) when (File.Exists(backup))
            {
                // Another run took the number in between; the next one is free.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(e);
            }
        }
    }

    /// <summary>Puts new text in place of the text that was read; refuses when the file has changed since.</summary>
    public void Replace(byte[] content)
    {
        var temporary = System.IO.Path.Combine(RealFolder, $".{System.IO.Path.GetFileName(RealPath)}.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(RealFolder);
            WriteNew(temporary, content, Bytes is null ? null : File.GetUnixFileMode(RealPath));
            RefuseWhenChanged();
            File.Move(temporary, RealPath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    public void Delete()
    {
        try
        {
            RefuseWhenChanged();
            File.Delete(RealPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
    }

    private void RefuseWhenChanged()
    {
        var now = ReadAll(RealPath);
        var same = now is null ? Bytes is null : Bytes is not null && now.AsSpan().SequenceEqual(Bytes);
        if (!same) throw CliException.Refused($"{Path} was changed by somebody else meanwhile; nothing was written, run the command again");
    }

    private CliException NotWritable(Exception e) => CliException.Refused($"{Path} was not changed: {e.Message}", e);

    private static byte[]? ReadAll(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        using (stream)
        {
            if (stream.Length > MaxBytes) throw new IOException($"it is larger than {MaxBytes} bytes");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    private static void WriteNew(string path, byte[] content, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (mode is { } wanted) options.UnixCreateMode = wanted;
        using var stream = new FileStream(path, options);
        // The mode at creation is cut by the umask; this is the whole one.
        if (mode is { } exact) File.SetUnixFileMode(stream.SafeFileHandle, exact);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
