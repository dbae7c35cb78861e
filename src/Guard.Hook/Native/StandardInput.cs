namespace Guard.Hook.Native;

/// <summary>The client's input: descriptor 0, which is a socket there and cannot be opened by name.</summary>
internal static unsafe class StandardInput
{
    /// <summary>Larger inputs are denied, in bytes.</summary>
    public const int MaxLength = 20 * 1024 * 1024;

    /// <exception cref="HookFailure">It cannot be read whole in time.</exception>
    public static ReadOnlyMemory<byte> ReadAll(Deadline deadline)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (true)
        {
            if (!Descriptor.WaitUntil(0, Libc.PollIn, deadline)) throw new HookFailure("the client did not finish writing the hook's input in time");
            nint read;
            fixed (byte* start = buffer) read = Libc.Read(0, start + length, buffer.Length - length);
            if (read < 0 && Libc.LastError is Libc.Interrupted or Libc.TryAgain) continue;
            if (read < 0) throw new HookFailure($"the hook's input cannot be read (error {Libc.LastError})");
            if (read == 0) return buffer.AsMemory(0, length);
            length += (int)read;
            if (length > MaxLength) throw new HookFailure("the hook's input is larger than 20 MiB, which is the limit; split the call");
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MaxLength + 1));
        }
    }
}
