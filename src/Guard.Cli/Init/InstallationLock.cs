using Guard.Cli.Connection;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init;

/// <summary>One <c>guard init</c> of an account at a time.</summary>
internal static class InstallationLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task<IDisposable> TakeAsync(GuardFolder folder, TimeProvider time, CancellationToken cancel)
    {
        folder.Create();
        var path = Path.Combine(folder.Path, "init.lock");
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = PrivateFile.Mode,
                });
            }
            catch (IOException e) when (time.GetElapsedTime(began) >= Patience)
            {
                throw CliException.Refused($"another `guard init` holds {path} ({e.Message}); run the command again when it has ended", e);
            }
            catch (IOException)
            {
                await Task.Delay(Pause, time, cancel);
            }
        }
    }
}
