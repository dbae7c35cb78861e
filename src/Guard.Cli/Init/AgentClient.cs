using Guard.Cli.Terminal;

namespace Guard.Cli.Init;

/// <summary>The agent client on this machine.</summary>
internal static class AgentClient
{
    /// <summary>The first client that knows <c>onFailure</c>. Older ones ignore it and run the tool when a hook crashes.</summary>
    public static readonly Version Oldest = new(2, 1, 295);

    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Finds <c>claude</c> on PATH and asks for its version; null where there is none.</summary>
    /// <exception cref="CliException">It is older than <see cref="Oldest"/>.</exception>
    public static async Task<(ClientReport? Client, string? Warning)> FindAsync(CliContext context, CancellationToken cancel)
    {
        if (FindOnPath(context, "claude") is not { } path)
            return (null, $"no `claude` on PATH: its version could not be checked; it must be {Oldest} or later");

        string output;
        try
        {
            output = (await ChildProcess.RunAsync(path, ["--version"], "", context.CurrentDirectory, Limit, cancel)).Output;
        }
        catch (IOException e)
        {
            return (null, $"the client's version could not be checked ({e.Message}); it must be {Oldest} or later");
        }

        // "2.1.329 (Claude Code)"
        if (!Version.TryParse(output.Split(' ', '\n')[0], out var version))
            return (null, $"`{path} --version` states no version; it must be {Oldest} or later");
        if (version < Oldest)
        {
            throw CliException.Refused(
                $"the client {path} is version {version}, which lets a tool run when its hook crashes or times out; update it to {Oldest} or later (`claude update`)");
        }

        return (new ClientReport(path, version.ToString()), null);
    }

    /// <summary>The first executable file of that name in the absolute folders of PATH.</summary>
    public static string? FindOnPath(CliContext context, string name) =>
        (context.Environment("PATH") ?? "").Split(':')
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);

    public static bool IsExecutable(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
}
