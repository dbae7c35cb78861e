namespace Guard.Hook.Native;

/// <summary>Reading and writing whole things on a file descriptor.</summary>
internal static unsafe class Descriptor
{
    /// <summary>Writes everything; false where the other end is gone.</summary>
    public static bool WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes) written = Libc.Write(descriptor, start, bytes.Length);
            if (written < 0 && Libc.LastError == Libc.Interrupted) continue;
            if (written < 0 && Libc.LastError == Libc.TryAgain && WaitUntil(descriptor, Libc.PollOut, Deadline.After(1))) continue;
            if (written <= 0) return false;
            bytes = bytes[(int)written..];
        }

        return true;
    }

    /// <summary>Waits until the descriptor is ready; false when the deadline has come first.</summary>
    /// <exception cref="HookFailure">The client stopped the hook meanwhile, and has its answer.</exception>
    public static bool WaitUntil(int descriptor, short events, Deadline deadline)
    {
        var answered = Ending.AnsweredCode() >= 0;
        while (true)
        {
            var entry = new Libc.PollEntry { Descriptor = descriptor, Events = events };
            var ready = Libc.Poll(&entry, 1, deadline.Left);
            if (ready > 0) return true;
            if (ready == 0 && deadline.Left == 0) return false;
            if (ready < 0 && Libc.LastError != Libc.Interrupted) return true;
            if (ready < 0 && !answered && Ending.AnsweredCode() >= 0) throw new HookFailure("the client stopped the hook before a decision");
        }
    }

    /// <summary>A file's bytes; null where it is longer than <paramref name="limit"/> or cannot be read.</summary>
    public static byte[]? ReadFile(int descriptor, int limit)
    {
        var buffer = new byte[Math.Min(limit, 4096) + 1];
        var length = 0;
        while (true)
        {
            nint read;
            fixed (byte* start = buffer) read = Libc.Read(descriptor, start + length, buffer.Length - length);
            if (read < 0 && Libc.LastError == Libc.Interrupted) continue;
            if (read < 0) return null;
            if (read == 0) return buffer[..length];
            length += (int)read;
            if (length > limit) return null;
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, limit + 1));
        }
    }

    /// <summary>Owner and permission bits of an open file; null where they cannot be had.</summary>
    public static (uint Owner, int Mode)? StatusOf(int descriptor)
    {
        // struct statx is the same on every architecture: stx_uid at 20, stx_mode at 28.
        const int emptyPath = 0x1000;
        const uint modeAndOwner = 0x2 | 0x8;
        var buffer = stackalloc byte[256];
        byte empty = 0;
        if (Libc.Statx(descriptor, &empty, emptyPath, modeAndOwner, buffer) != 0) return null;
        return (*(uint*)(buffer + 20), *(ushort*)(buffer + 28) & 0xFFF);
    }
}
