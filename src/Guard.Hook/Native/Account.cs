using System.Text;

namespace Guard.Hook.Native;

/// <summary>The account that the hook runs as.</summary>
internal static unsafe class Account
{
    /// <summary>
    /// Its home folder as the password database has it, never from the environment. Null where there is none.
    /// </summary>
    public static string? Home() => Lookup(Libc.GetUserId());

    /// <summary>The number of a named account, or null.</summary>
    public static uint? UserId(string name)
    {
        if (ReadAccounts() is { } file && FindUser(file, Encoding.UTF8.GetBytes(name)) is { } id) return id;
        const int size = 16 * 1024;
        var buffer = new byte[size];
        Libc.Password entry;
        Libc.Password* found;
        fixed (byte* start = buffer)
        {
            return Libc.GetPasswordEntry(name, &entry, start, size, &found) == 0 && found is not null ? found->User : null;
        }
    }

    /// <summary>The machine's name, or null.</summary>
    public static string? HostName()
    {
        var buffer = stackalloc byte[256];
        return Libc.GetHostName(buffer, 255) == 0 ? Text(buffer) : null;
    }

    private static string? Lookup(uint user)
    {
        if (ReadAccounts() is { } file && FindHome(file, user) is { } home) return home;

        const int size = 16 * 1024;
        var buffer = new byte[size];
        Libc.Password entry;
        Libc.Password* found;
        fixed (byte* start = buffer)
        {
            if (Libc.GetPasswordEntry(user, &entry, start, size, &found) != 0 || found is null) return null;
            return Absolute(Text(found->Home));
        }
    }

    // The name service loads libraries; accounts of the machine itself stand in a file.
    private static byte[]? ReadAccounts()
    {
        var descriptor = Libc.Open("/etc/passwd", Libc.ReadOnlyFlag | Libc.CloseOnExec, 0);
        if (descriptor < 0) return null;
        var file = Descriptor.ReadFile(descriptor, 1024 * 1024);
        Libc.Close(descriptor);
        return file;
    }

    /// <summary>The third field of the line whose first field is the name.</summary>
    internal static uint? FindUser(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        foreach (var range in file.Split((byte)'\n'))
        {
            var line = file[range];
            var field = 0;
            var isUser = false;
            foreach (var part in line.Split((byte)':'))
            {
                if (field == 0) isUser = line[part].SequenceEqual(name);
                if (field == 2 && isUser) return uint.TryParse(line[part], System.Globalization.NumberStyles.None, null, out var id) ? id : null;
                field++;
            }
        }

        return null;
    }

    /// <summary>The sixth field of the line whose third field is the user.</summary>
    internal static string? FindHome(ReadOnlySpan<byte> file, uint user)
    {
        foreach (var range in file.Split((byte)'\n'))
        {
            var line = file[range];
            var field = 0;
            var isUser = false;
            foreach (var part in line.Split((byte)':'))
            {
                if (field == 2) isUser = uint.TryParse(line[part], System.Globalization.NumberStyles.None, null, out var id) && id == user;
                if (field == 5 && isUser) return Absolute(Encoding.UTF8.GetString(line[part]));
                field++;
            }
        }

        return null;
    }

    private static string? Absolute(string home) => home.Length > 0 && home[0] == '/' ? home : null;

    private static string Text(byte* text) => Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
}
