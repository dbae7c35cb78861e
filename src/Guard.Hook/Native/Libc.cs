using System.Runtime.InteropServices;

namespace Guard.Hook.Native;

/// <summary>
/// The system calls of the hot path. The platform's own sockets and files start more machinery than a process of two
/// milliseconds can pay for.
/// </summary>
internal static unsafe partial class Libc
{
    public const int Interrupted = 4;
    public const int NoEntry = 2;
    public const int NotAFolder = 20;
    public const int InProgress = 115;
    public const int TryAgain = 11;

    public const int ReadOnlyFlag = 0;
    public const int ReadWriteFlag = 2;
    public const int CreateFlag = 0x40;
    public const int AppendFlag = 0x400;
    public const int WriteOnlyFlag = 1;
    public const int CloseOnExec = 0x80000;

    /// <summary>O_PATH: to look at a folder's owner without the right to read it.</summary>
    public const int PathOnly = 0x200000;
    public const int NonBlockingFile = 0x800;

    /// <summary>AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW.</summary>
    public const int EmptyPath = 0x1000;
    public const int NoFollowLink = 0x100;

    /// <summary>No open file has this number.</summary>
    public const int BadDescriptor = 9;
    public const int NoAccess = 13;

    public const short PollIn = 1;
    public const short PollOut = 4;

    public static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int folder, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SynchroniseData(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial void Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "flock")]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(int descriptor, byte* path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "getuid")]
    public static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "gethostname")]
    public static partial int GetHostName(byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(int descriptor, int level, int name, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial void SetSocketOption(int descriptor, int level, int name, int* value, uint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "getaddrinfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetAddressInfo(string host, string port, AddressInfo* hints, AddressInfo** result);

    [LibraryImport("libc", EntryPoint = "freeaddrinfo")]
    public static partial void FreeAddressInfo(AddressInfo* result);

    [LibraryImport("libc", EntryPoint = "setitimer")]
    public static partial void SetTimer(int which, long* value, long* old);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void UnsetEnvironment(string name);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getresgid")]
    public static partial int GetGroupIds(uint* real, uint* effective, uint* saved);

    /// <summary>Of all threads: the C library sees to that.</summary>
    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    public static partial int SetGroupIds(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "prctl")]
    public static partial void ProcessControl(int option, nint argument, nint unused3, nint unused4, nint unused5);

    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial void SetFileMask(uint mask);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "signal")]
    public static partial void SetSignalHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigprocmask")]
    public static partial void SetSignalMask(int how, byte* set, byte* old);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetPasswordEntry(string name, Password* entry, byte* buffer, nint size, Password** result);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    public static partial int GetPasswordEntry(uint user, Password* entry, byte* buffer, nint size, Password** result);

    [LibraryImport("libc", EntryPoint = "pause")]
    public static partial void Pause();

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary><c>struct addrinfo</c> of glibc and musl on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AddressInfo
    {
        public int Flags;
        public int Family;
        public int Type;
        public int Protocol;
        public uint AddressLength;
        public byte* Address;
        public byte* Name;
        public AddressInfo* Next;
    }

    /// <summary><c>struct passwd</c> of glibc and musl on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Password
    {
        public byte* Name;
        public byte* Secret;
        public uint User;
        public uint Group;
        public byte* Comment;
        public byte* Home;
        public byte* Shell;
    }
}
