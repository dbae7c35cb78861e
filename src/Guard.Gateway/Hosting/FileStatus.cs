using System.Runtime.InteropServices;

namespace Guard.Gateway.Hosting;

/// <summary>Owner and type of a file, which the framework does not tell. Linux only.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct FileStatus(uint Owner, ushort Mode)
{
    private const ushort TypeMask = 0xF000;
    private const ushort SocketType = 0xC000;
    private const ushort WritableByOthersMask = 0b000_010_010;

    public bool IsSocket => (Mode & TypeMask) == SocketType;

    public bool IsWritableByOthers => (Mode & WritableByOthersMask) != 0;

    /// <summary>Of the file itself; a symlink is not followed.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static FileStatus Of(string path)
    {
        const int CurrentFolder = -100;
        const int DoNotFollow = 0x100;
        return Result(Statx(CurrentFolder, path, DoNotFollow, Wanted, out var status), status);
    }

    /// <summary>Of an open file.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static FileStatus Of(SafeHandle open)
    {
        const int HandleItself = 0x1000;
        return Result(Statx(open, "", HandleItself, Wanted, out var status), status);
    }

    // Type, mode and owner.
    private const uint Wanted = 0x1 | 0x2 | 0x8;

    private static FileStatus Result(int result, Native status) =>
        result == 0 ? new FileStatus(status.Uid, status.Mode) : throw new IOException($"its owner cannot be found out (error {Marshal.GetLastPInvokeError()})");

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out Native status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeHandle directory, string path, int flags, uint mask, out Native status);

    /// <summary>The kernel's <c>struct statx</c>, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Native
    {
        [FieldOffset(20)]
        public readonly uint Uid;

        [FieldOffset(28)]
        public readonly ushort Mode;
    }
}
