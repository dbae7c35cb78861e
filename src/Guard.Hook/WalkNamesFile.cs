using System.Text;
using Guard.Agents;
using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook;

/// <summary>
/// The names that a gateway last asked to look for in subtrees, kept beside the installation's counter, one to a line. Their id is
/// always taken from the names themselves: a file that was changed, or is being written, has an id that no gateway takes.
/// </summary>
internal static unsafe class WalkNamesFile
{
    private const string FileName = "/walk-names";
    private const int MaxBytes = 2 * 1024 * 1024;

    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Opens the file, making it where it is missing; negative where there is none to be had.</summary>
    public static int Open(string? folder) =>
        folder is null ? -1 : Libc.Open(folder + FileName, Libc.ReadWriteFlag | Libc.CreateFlag | Libc.CloseOnExec | Libc.NonBlockingFile, 0x180);

    /// <summary>Null where there are none, or they cannot be read.</summary>
    public static WalkNames? Read(int descriptor)
    {
        if (descriptor < 0) return null;
        var bytes = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length)
            {
                if (length >= MaxBytes) return null;
                Array.Resize(ref bytes, 2 * length);
            }

            nint read;
            fixed (byte* at = &bytes[length]) read = Libc.ReadAt(descriptor, at, bytes.Length - length, length);
            if (read < 0) return null;
            if (read == 0) break;
            length += (int)read;
        }

        var names = Text.GetString(bytes, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return names.Length is 0 or > WalkNames.MaxNames ? null : new WalkNames { Id = Sha256.Digest(bytes.AsSpan(0, length)), Names = names };
    }

    /// <summary>Keeps them for the next call; where that fails, the next call is told again.</summary>
    public static void Keep(int descriptor, WalkNames names)
    {
        if (descriptor < 0) return;
        var bytes = Text.GetBytes(string.Join('\n', names.Names));
        var kept = Libc.Truncate(descriptor, 0) == 0;
        fixed (byte* at = bytes) kept = kept && Libc.WriteAt(descriptor, at, bytes.Length, 0) == bytes.Length;
        if (!kept) TraceLog.Write("the names to look for could not be kept");
    }

    /// <summary>Whether an answer's names are those its id says.</summary>
    public static bool IsWhole(WalkNames names) =>
        names.Names.Count is > 0 and <= WalkNames.MaxNames && Sha256.Digest(Text.GetBytes(string.Join('\n', names.Names))) == names.Id;
}
