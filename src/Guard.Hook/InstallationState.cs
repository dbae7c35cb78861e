using System.Globalization;
using System.Text;
using Guard.Hook.Native;

namespace Guard.Hook;

/// <summary>
/// The installation's random id and the count of its requests, in one file of one line. When they cannot be kept, the
/// request goes without: a gap shows in the record, and the decision does not depend on it.
/// </summary>
internal static unsafe class InstallationState
{
    private const string FileName = "/installation";
    private const int IdLength = 36;
    private const int NumberLength = 19;
    private const int LineLength = IdLength + 1 + NumberLength + 1;
    private const int LockWithoutWaiting = 2 | 4;

    // Another hook holds the lock for some ten microseconds, if the machine lets it run; after 0.2 s it is not waited for.
    private const int LockTries = 100;

    /// <summary>Opens the file, making its folder where that is missing; negative where there is none to be had.</summary>
    public static int Open(string? folder)
    {
        if (folder is null) return -1;
        var descriptor = Libc.Open(folder + FileName, Libc.ReadWriteFlag | Libc.CreateFlag | Libc.CloseOnExec | Libc.NonBlockingFile, 0x180);
        if (descriptor < 0 && Libc.LastError == Libc.NoEntry)
        {
            // Another hook may make it in the same moment.
            _ = Libc.MakeFolder(folder, 0x1C0);
            descriptor = Libc.Open(folder + FileName, Libc.ReadWriteFlag | Libc.CreateFlag | Libc.CloseOnExec | Libc.NonBlockingFile, 0x180);
        }

        return descriptor;
    }

    /// <summary>The id and the next number, and closes the file; nulls where they cannot be kept.</summary>
    public static (string? Installation, long? Sequence) Next(int descriptor)
    {
        if (descriptor < 0) return default;
        (string?, long?) next = TakeLock(descriptor) ? Count(descriptor) : default;
        Libc.Close(descriptor);
        return next;
    }

    private static bool TakeLock(int descriptor)
    {
        for (var tries = 0; tries < LockTries; tries++)
        {
            if (Libc.Lock(descriptor, LockWithoutWaiting) == 0) return true;
            Libc.Poll(null, 0, 2);
        }

        return false;
    }

    private static (string? Installation, long? Sequence) Count(int descriptor)
    {
        var line = stackalloc byte[LineLength];
        var length = (int)Libc.ReadAt(descriptor, line, LineLength, 0);
        string id;
        long number;
        if (length == 0)
        {
            id = Guid.NewGuid().ToString();
            number = 0;
        }
        else if (length != LineLength || !TryParse(new ReadOnlySpan<byte>(line, LineLength), out id, out number))
        {
            return default;
        }

        number++;
        var text = id + " " + number.ToString("D19", CultureInfo.InvariantCulture) + "\n";
        Encoding.ASCII.GetBytes(text, new Span<byte>(line, LineLength));
        if (Libc.WriteAt(descriptor, line, LineLength, 0) != LineLength) return default;
        return (id, number);
    }

    private static bool TryParse(ReadOnlySpan<byte> line, out string id, out long number)
    {
        id = Encoding.ASCII.GetString(line[..IdLength]);
        number = 0;
        return Guid.TryParseExact(id, "D", out _) && line[IdLength] == ' ' &&
            long.TryParse(line.Slice(IdLength + 1, NumberLength), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 0 and < long.MaxValue;
    }
}
