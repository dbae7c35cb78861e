using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Guard.Gateway.Proof;

/// <summary>Opens a file so that it can only grow, which the framework's own way to append does not: a file with the attribute <c>a</c> (append only) takes no other writer.</summary>
internal static partial class AppendedFile
{
    // The same on every architecture of Linux that .NET runs on.
    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int Append = 0x400;
    private const int CloseOnExec = 0x80000;

    // What it holds is public.
    private const int Mode = 0b110_100_100;

    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened.</exception>
    public static FileStream Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read });
        }

        var handle = Open(path, WriteOnly | Create | Append | CloseOnExec, Mode);
        if (handle.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            handle.Dispose();
            throw new IOException($"{error} : '{path}'");
        }

        return new FileStream(handle, FileAccess.Write);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);
}
