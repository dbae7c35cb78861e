using System.Runtime.InteropServices;
using System.Text;
using Guard.Hook.Native;

namespace Guard.Hook.Spool;

/// <summary>
/// The file of events that no gateway has taken yet, one JSON object to a line, beside the installation's counter. In a user
/// installation the account itself can write anything into it, so nothing in it is believed or even read here: a gateway
/// judges each line, and records it under the key of whoever hands it over.
/// </summary>
/// <remarks>
/// Hooks that run at once take turns by a lock on the file. An append is on the disk when it returns. Taking away what a
/// gateway has is one shortening of the file: a crash in between hands the same lines over twice, which the gateway notices.
/// </remarks>
internal sealed unsafe class SpoolFile
{
    /// <summary>More is not kept; what is lost shows as a gap in the numbers of the installation.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string FileName = "spool";
    private const int Here = -100;
    private static int Flags => Libc.ReadWriteFlag | NoFollow | Libc.NonBlockingFile | Libc.CloseOnExec;
    private const int LockWithoutWaiting = 2 | 4;
    private const int LockPause = 2;

    private readonly int _folder;
    private readonly string _folderName;
    private readonly string _name;

    // O_NOFOLLOW and O_DIRECTORY, which differ between architectures.
    private static int NoFollow => OnArm ? 0x8000 : 0x20000;

    private static int FolderOnly => OnArm ? 0x4000 : 0x10000;

    private static bool OnArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private SpoolFile(int folder, string folderName, string name) => (_folder, _folderName, _name) = (folder, folderName, name);

    /// <summary>The spool of a folder that this process may open at any time; null where none is kept.</summary>
    public static SpoolFile? In(string? folder) => folder is null ? null : new SpoolFile(Here, folder, folder + "/" + FileName);

    /// <summary>The same of a folder that only the hook's group may reach: it is opened now and stays open.</summary>
    public static SpoolFile? InProtected(string? folder)
    {
        if (folder is null) return null;
        var descriptor = Libc.Open(folder, Libc.PathOnly | FolderOnly | Libc.CloseOnExec, 0);
        return descriptor < 0 ? null : new SpoolFile(descriptor, ".", FileName);
    }

    /// <summary>Whether there is nothing to hand over: one look, without opening anything.</summary>
    public bool IsEmpty()
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(_name + "\0")) return Look(_folder, name, Libc.NoFollowLink) is not { Size: > 0 };
    }

    /// <summary>Adds one line, without its end.</summary>
    /// <returns>False: it was not kept, because the spool is full, cannot be written, or is no file of this account.</returns>
    public bool Append(ReadOnlySpan<byte> line, Deadline deadline)
    {
        var descriptor = Libc.OpenAt(_folder, _name, Flags | Libc.CreateFlag, 0x180);
        if (descriptor < 0) return false;
        try
        {
            return IsOwn(descriptor) && TakeLock(descriptor, deadline) && Look(descriptor) is { } status && Append(descriptor, status.Size, line);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    /// <summary>Hands the last lines to <paramref name="deliver"/>, and takes them away if it returns true.</summary>
    /// <param name="maxBytes">At most so much at once.</param>
    /// <param name="deadline">Until when another hook's lock is waited for.</param>
    /// <param name="deliver">Gets whole lines with their ends; returns whether all of them are settled.</param>
    /// <returns>Whether the spool is shorter now, or was empty.</returns>
    public bool TakeLast(int maxBytes, Deadline deadline, Func<ReadOnlyMemory<byte>, bool> deliver)
    {
        var descriptor = Libc.OpenAt(_folder, _name, Flags, 0);
        if (descriptor < 0) return Libc.LastError == Libc.NoEntry;
        try
        {
            return IsOwn(descriptor) && TakeLock(descriptor, deadline) && Look(descriptor) is { } status && TakeLast(descriptor, status.Size, maxBytes, deliver);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private bool Append(int descriptor, long size, ReadOnlySpan<byte> line)
    {
        // What an append that was cut left behind ends with this one's beginning.
        var mend = size > 0 && !EndsLine(descriptor, size);
        var bytes = new byte[line.Length + (mend ? 2 : 1)];
        if (mend) bytes[0] = (byte)'\n';
        line.CopyTo(bytes.AsSpan(mend ? 1 : 0));
        bytes[^1] = (byte)'\n';
        if (size + bytes.Length > MaxBytes) return false;
        fixed (byte* start = bytes)
        {
            if (Libc.WriteAt(descriptor, start, bytes.Length, size) == bytes.Length && Libc.SynchroniseData(descriptor) == 0)
            {
                if (size == 0) SynchroniseFolder();
                return true;
            }
        }

        // On a full disk half a line would stand there.
        if (Libc.Truncate(descriptor, size) != 0) TraceLog.Write("the spool ends with half a line");
        return false;
    }

    private static bool TakeLast(int descriptor, long size, int maxBytes, Func<ReadOnlyMemory<byte>, bool> deliver)
    {
        // No hook lets it grow so far.
        if (size > MaxBytes) size = Libc.Truncate(descriptor, MaxBytes) == 0 ? MaxBytes : 0;
        if (size == 0) return true;
        var start = Math.Max(0, size - maxBytes);
        var bytes = new byte[size - start];
        fixed (byte* at = bytes)
        {
            if (Libc.ReadAt(descriptor, at, bytes.Length, start) != bytes.Length) return false;
        }

        // The first line of the piece may have its beginning before it.
        var skipped = start == 0 ? 0 : bytes.AsSpan(0, bytes.Length - 1).IndexOf((byte)'\n') + 1;
        if (start > 0 && skipped == 0) return Libc.Truncate(descriptor, start) == 0;
        return deliver(bytes.AsMemory(skipped)) && Libc.Truncate(descriptor, start + skipped) == 0;
    }

    private static bool EndsLine(int descriptor, long size)
    {
        byte last = 0;
        return Libc.ReadAt(descriptor, &last, 1, size - 1) == 1 && last == (byte)'\n';
    }

    // Without it, a power cut could lose the name of a file whose content is safe.
    private void SynchroniseFolder()
    {
        var folder = Libc.OpenAt(_folder, _folderName, Libc.ReadOnlyFlag | FolderOnly | Libc.CloseOnExec, 0);
        if (folder < 0) return;
        if (Libc.Synchronise(folder) != 0) TraceLog.Write("the spool's folder could not be synchronised");
        Libc.Close(folder);
    }

    private static bool TakeLock(int descriptor, Deadline deadline)
    {
        while (Libc.Lock(descriptor, LockWithoutWaiting) != 0)
        {
            if (deadline.Left == 0) return false;
            Libc.Poll(null, 0, LockPause);
        }

        return true;
    }

    // A pipe, a device or another account's file is no spool.
    private static bool IsOwn(int descriptor) => Look(descriptor) is { IsFile: true } status && status.Owner == Libc.GetUserId();

    private static FileLook? Look(int descriptor)
    {
        byte empty = 0;
        return Look(descriptor, &empty, Libc.EmptyPath);
    }

    private static FileLook? Look(int folder, byte* name, int flags)
    {
        // struct statx is the same on every architecture: stx_uid at 20, stx_mode at 28, stx_size at 40.
        const uint typeOwnerSize = 0x1 | 0x8 | 0x200;
        const int typeMask = 0xF000;
        const int regularFile = 0x8000;
        var buffer = stackalloc byte[256];
        if (Libc.Statx(folder, name, flags, typeOwnerSize, buffer) != 0) return null;
        return new FileLook(*(uint*)(buffer + 20), (*(ushort*)(buffer + 28) & typeMask) == regularFile, *(long*)(buffer + 40));
    }

    private readonly record struct FileLook(uint Owner, bool IsFile, long Size);
}
