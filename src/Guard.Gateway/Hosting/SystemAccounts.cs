using System.Runtime.InteropServices;
using Guard.Protocol;

namespace Guard.Gateway.Hosting;

/// <summary>The machine's accounts and groups, by number.</summary>
internal static partial class SystemAccounts
{
    private const string GroupFile = "/etc/group";

    public static uint EffectiveUser() => OperatingSystem.IsWindows() ? uint.MaxValue : GetEffectiveUser();

    /// <summary>The number of a group of this machine; a number stands for itself.</summary>
    /// <exception cref="GatewayStartException">There is none of that name.</exception>
    public static uint GroupNumber(string name)
    {
        if (uint.TryParse(name, out var number))
        {
            return number;
        }

        try
        {
            foreach (var line in File.ReadLines(GroupFile))
            {
                var fields = line.Split(':');
                if (fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], out number))
                {
                    return number;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"{GroupFile} cannot be read: {exception.Message}", exception);
        }

        throw new GatewayStartException($"There is no group {DisplayText.Clean(name, 100)} on this machine. Make it with `groupadd --system`, or name another.");
    }

    /// <summary>Gives a file to a group that the account is in.</summary>
    /// <exception cref="IOException">The account may not.</exception>
    public static void SetGroup(string path, uint group)
    {
        const uint Unchanged = uint.MaxValue;
        if (ChangeOwner(path, Unchanged, group) != 0)
        {
            throw new IOException($"it cannot be given to group {group} (error {Marshal.GetLastPInvokeError()}); is the account a member of it?");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
