using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Client;

/// <summary>Runs the real client once in print mode against the stand-in, with nothing of the machine's own configuration.</summary>
internal static class ClientDriver
{
    public static async Task<ClientRun> RunAsync(CaseFolder folder, MessagesStandIn standIn, ClientOptions options)
    {
        var program = new ProgramRun(ClientExecutable.FilePath)
        {
            Arguments =
            [
                "-p", ModelScript.MainPrompt, "--output-format", "stream-json", "--verbose", "--include-hook-events",
                "--debug-file", folder.ClientLog, .. options.Arguments,
            ],
            Folder = folder.Project,
            Environment = EnvironmentOf(folder, standIn),
            Log = folder.Log("client"),
        };
        var result = await program.RunAsync();
        return new ClientRun(ClientEvents.Parse(result.StandardOutput), [.. standIn.Requests]);
    }

    private static Dictionary<string, string> EnvironmentOf(CaseFolder folder, MessagesStandIn standIn)
    {
        var address = standIn.Address.GetLeftPart(UriPartial.Authority);
        return new Dictionary<string, string>(Isolation.Environment(address), StringComparer.Ordinal)
        {
            ["HOME"] = folder.Home,
            ["TMPDIR"] = folder.Temporary,
            ["CLAUDE_CODE_TMPDIR"] = folder.Temporary,
            ["SHELL"] = "/bin/bash",
            ["ANTHROPIC_BASE_URL"] = address,
            ["ANTHROPIC_API_KEY"] = "not-a-key",
            // Skipping permissions as root is refused without it.
            ["IS_SANDBOX"] = "1",
        };
    }
}
