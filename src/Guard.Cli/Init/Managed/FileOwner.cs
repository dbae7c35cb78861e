using System.Runtime.InteropServices;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init.Managed;

/// <summary>Gives files to accounts, which the framework does not do.</summary>
internal static partial class FileOwner
{
    /// <summary>Of the file itself; a link is not followed.</summary>
    /// <exception cref="CliException">The system refused.</exception>
    public static void Set(string path, uint user, uint group)
    {
        if (ChangeOwner(path, user, group) != 0)
            throw CliException.Refused($"{path} cannot be given to {user}:{group} (error {Marshal.GetLastPInvokeError()}); is this root, and the file system one that keeps owners?");
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
