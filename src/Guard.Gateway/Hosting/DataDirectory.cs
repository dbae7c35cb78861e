using Guard.Protocol;

namespace Guard.Gateway.Hosting;

/// <summary>The folder that holds the store: private, and used by one gateway at a time.</summary>
/// <remarks>Disposing gives it free. The lock ends with the process, however it ends.</remarks>
internal sealed class DataDirectory : IDisposable
{
    private const string LockName = "gateway.lock";
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <exception cref="GatewayStartException">Not absolute, not private, not creatable, or in use by another gateway.</exception>
    public static DataDirectory Take(string path)
    {
        Prepare(path);
        try
        {
            return new DataDirectory(path, Lock(path));
        }
        catch (IOException exception) when (exception is not FileNotFoundException and not DirectoryNotFoundException)
        {
            throw new GatewayStartException($"Another gateway uses {path}. Stop it first, or give this one a data directory of its own.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new GatewayStartException($"The data directory {path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Whether a gateway runs on it now.</summary>
    public static bool IsTaken(string path)
    {
        try
        {
            Lock(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static void Prepare(string path)
    {
        if (!System.IO.Path.IsPathFullyQualified(path))
        {
            throw new GatewayStartException($"The data directory {DisplayText.Clean(path, 200)} must be an absolute path.");
        }

        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return;
            }

            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if ((File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            {
                throw new GatewayStartException($"The data directory {path} can be written by other accounts, who could then replace the store. Run `chmod 700 {path}`.");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"The data directory {path} cannot be made: {exception.Message}", exception);
        }
    }

    private static FileStream Lock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(System.IO.Path.Combine(path, LockName), options);
    }
}
