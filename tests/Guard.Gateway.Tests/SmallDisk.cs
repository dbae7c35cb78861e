using System.Diagnostics;

namespace Guard.Gateway.Tests;

/// <summary>A file system that is soon full. Mounting one takes root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Mount(int megabytes = 4)
    {
        var path = Directory.CreateTempSubdirectory("guard-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "tmpfs", path).Should().Be(0);
        return new SmallDisk(path);
    }

    public static bool CanMount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return false;
        }

        var path = Directory.CreateTempSubdirectory("guard-disk-").FullName;
        var mounted = Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path) == 0;
        if (mounted)
        {
            Run("umount", path);
        }

        Directory.Delete(path);
        return mounted;
    }

    public void Grow() => Run("mount", "-o", "remount,size=64m", Path).Should().Be(0);

    /// <summary>Takes all the space there is, as a log that nobody rotates does.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                ballast.Write(block);
                ballast.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(Ballast);

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public void Dispose()
    {
        // Lazily: SQLite's pool may close its last file after the test.
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1; // There is no such program on this machine.
        }
    }
}

/// <summary>Skipped, with the reason shown, where no small file system can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Mountable = new(SmallDisk.CanMount);

    public SmallDiskFactAttribute()
    {
        if (!Mountable.Value)
        {
            Skip = "Needs root and a mountable tmpfs.";
        }
    }
}
