namespace Guard.Cli.Init;

/// <summary>Asks the client itself whether it would load a settings file: it knows more keys than Guard does.</summary>
internal static class ClientCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    // What the client says of a part that it leaves out while the rest of the file holds.
    private static readonly string[] Harmless = ["ignored", "skipped", "removed"];

    /// <summary>The client's words on why it drops the file; null: it does not, or it could not be asked.</summary>
    public static async Task<string?> FindObjectionAsync(string clientPath, string settingsPath, string home, string projectFolder, CancellationToken cancel)
    {
        string output;
        try
        {
            output = (await ChildProcess.RunAsync(clientPath, ["doctor"], "", projectFolder, Limit, cancel)).Output;
        }
        catch (IOException)
        {
            // The client gave no verdict; the canary and the checks before it stand on their own.
            return null;
        }

        var shortened = settingsPath.StartsWith(home + "/", StringComparison.Ordinal) ? "~" + settingsPath[home.Length..] : settingsPath;
        return output.Split('\n')
            .SkipWhile(line => line.Trim() != "Invalid settings").Skip(1)
            .TakeWhile(line => !string.IsNullOrWhiteSpace(line))
            .Select(line => line.Trim().TrimStart('-').Trim())
            .FirstOrDefault(line => Names(line, settingsPath) || Names(line, shortened));

        static bool Names(string line, string path) =>
            line.StartsWith(path, StringComparison.Ordinal) && !Harmless.Any(word => line.Contains(word, StringComparison.Ordinal));
    }
}
