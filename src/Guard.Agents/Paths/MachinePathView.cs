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
    public bool IsFile(string path) => File.Exists(path);

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
