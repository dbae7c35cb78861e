using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>What a path of a command means on this machine, by its text alone.</summary>
internal static class PathPlace
{
    /// <summary>Absolute, without <c>.</c>, <c>..</c> and doubled slashes; null if it is relative to a folder that is not known.</summary>
    public static string? Absolute(string path, string? folder)
    {
        if (!path.StartsWith('/'))
        {
            if (folder is null)
                return null;
            path = folder + "/" + path;
        }

        return PathText.Normalize(path);
    }

    /// <summary>The same with its <c>..</c>, which the kernel takes after links; null where there is none.</summary>
    public static string? Unreduced(string path, string? folder) =>
        !path.Contains("..", StringComparison.Ordinal) ? null : path.StartsWith('/') ? path : folder is null ? null : folder + "/" + path;

    /// <summary>The null device, the standard streams and the terminal: using them is no access.</summary>
    public static bool IsStream(string path) => path is
        "/dev/null" or "/dev/stdin" or "/dev/stdout" or "/dev/stderr" or "/dev/tty" or
        "/dev/fd/0" or "/dev/fd/1" or "/dev/fd/2" or "/proc/self/fd/0" or "/proc/self/fd/1" or "/proc/self/fd/2";

    /// <summary>Leads through a process or a descriptor to a file that the path does not name.</summary>
    public static bool IsThroughProcess(string path)
    {
        if (path.StartsWith("/dev/fd/", StringComparison.Ordinal))
            return true;
        if (!path.StartsWith("/proc/", StringComparison.Ordinal))
            return false;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length >= 3 && parts.Any(p => p is "root" or "cwd" or "fd" or "exe" or "map_files" or "mem");
    }

    public static bool IsEnvironment(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal) && path.EndsWith("/environ", StringComparison.Ordinal);

    /// <summary>For bash's own <c>/dev/tcp/host/port</c> in a redirect: host and port.</summary>
    public static string? Socket(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && path.Split('/') is ["", "dev", "tcp" or "udp", { Length: > 0 } host, { Length: > 0 } port] ? host + ":" + port : null;
}
