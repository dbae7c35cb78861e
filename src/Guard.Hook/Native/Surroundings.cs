namespace Guard.Hook.Native;

/// <summary>
/// What a process inherits from whoever starts it beside arguments and environment: open files, blocked and ignored signals,
/// the file mask. The hook is started by what it judges, so none of it is taken as it comes.
/// </summary>
internal static unsafe class Surroundings
{
    private const int GetDescriptorFlags = 1;
    private const int SetMask = 2;
    private const int FileSizeSignal = 25;
    private const uint OwnerOnly = 0x3F;

    /// <summary>Puts it in order. Before anything is opened.</summary>
    public static void Settle()
    {
        // What the hook opens must not become its input or output: these fail on reading and writing.
        Occupy(0, "/dev/full", Libc.WriteOnlyFlag);
        Occupy(1, "/dev/null", Libc.ReadOnlyFlag);
        Occupy(2, "/dev/null", Libc.ReadOnlyFlag);

        Libc.SetFileMask(OwnerOnly);

        // Else a blocked SIGALRM would outlast the deadline, and a file size limit would kill instead of failing a write.
        var none = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        Libc.SetSignalMask(SetMask, none, null);
        Libc.SetSignalHandler(FileSizeSignal, 1);
    }

    private static void Occupy(int descriptor, string path, int flags)
    {
        if (Libc.FileControl(descriptor, GetDescriptorFlags, 0) >= 0 || Libc.LastError != Libc.BadDescriptor) return;
        // The lowest free number is taken, and those below are taken already.
        Libc.Open(path, flags, 0);
    }
}
