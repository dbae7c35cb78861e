using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;

namespace Guard.Agents.Paths;

/// <summary>
/// The machine's own file tree. Remembers what it saw, because the words of one tool call share their folders: make one
/// per call, never keep it.
/// </summary>
public sealed partial class MachinePathView : IPathView
{
    // Values of errno on Linux, all architectures that .NET runs on.
    private const int NoEntry = 2;
    private const int InvalidArgument = 22;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly EnumerationOptions EveryEntry = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly Dictionary<string, PathEntry> _seen = new(StringComparer.Ordinal);
    private byte[]? _target;

    /// <inheritdoc/>
    public PathEntry Look(string path)
    {
        if (_seen.TryGetValue(path, out var entry)) return entry;
        entry = Read(path);
        _seen.Add(path, entry);
        return entry;
    }

    /// <inheritdoc/>
    public PathEntryForm FormOf(string path)
    {
        try
        {
            if (Directory.Exists(path)) return PathEntryForm.Folder;
            if (File.Exists(path)) return PathEntryForm.File;
            return Look(path.Length > 1 ? path.TrimEnd('/') : path).Kind == PathEntryKind.Missing ? PathEntryForm.Missing : PathEntryForm.Unknown;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return PathEntryForm.Unknown;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<FolderEntry>? Entries(string folder, int most)
    {
        try
        {
            var entries = new List<FolderEntry>();
            foreach (var entry in new FileSystemEnumerable<FolderEntry>(folder, static (ref FileSystemEntry e) => new FolderEntry(e.FileName.ToString(), e.IsDirectory), EveryEntry))
            {
                entries.Add(entry);
                if (entries.Count > most) break;
            }

            return entries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public byte[]? Bytes(string path, int most)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (!file.CanSeek || file.Length > most) return null;
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private PathEntry Read(string path)
    {
        _target ??= new byte[4096];
        var length = ReadLink(path, _target, _target.Length);
        if (length < 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                InvalidArgument => new PathEntry(PathEntryKind.Present),
                NoEntry => new PathEntry(PathEntryKind.Missing),
                _ => new PathEntry(PathEntryKind.Unreadable),
            };
        }

        // A full buffer may be a cut target.
        if (length == 0 || length == _target.Length) return new PathEntry(PathEntryKind.Unreadable);
        try
        {
            return new PathEntry(PathEntryKind.Link, Strict.GetString(_target, 0, (int)length));
        }
        catch (DecoderFallbackException)
        {
            return new PathEntry(PathEntryKind.Unreadable);
        }
    }

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLink(string path, byte[] buffer, nint size);
}
