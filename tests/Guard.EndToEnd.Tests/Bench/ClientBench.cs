using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;
using Xunit.Sdk;

namespace Guard.EndToEnd.Tests.Bench;

/// <summary>One test's client with its folder. The folder is deleted when the test passes and named when it fails.</summary>
internal sealed class ClientBench
{
    private ClientBench(CaseFolder folder) => Folder = folder;

    public CaseFolder Folder { get; }

    public static async Task PlayAsync(Func<ClientBench, Task> play)
    {
        var folder = CaseFolder.Create();
        try
        {
            await play(new ClientBench(folder));
        }
        catch (Exception failure)
        {
            throw new XunitException($"{failure.Message}\nThe case's files and logs: {folder.Root}", failure);
        }

        folder.Delete();
    }

    /// <summary>Runs the client with its permissions skipped: nothing but hooks stands between the model and its tools.</summary>
    public Task<ClientRun> RunAsync(params ToolUse[] calls) => RunAsync(ModelScript.Asking(calls), ClientOptions.SkipPermissions);

    public async Task<ClientRun> RunAsync(ModelScript script, ClientOptions options)
    {
        await using var standIn = await MessagesStandIn.StartAsync(script, Folder.Log("requests.jsonl"));
        var run = await ClientDriver.RunAsync(Folder, standIn, options);
        return standIn.Failure is { } failure ? throw new InvalidOperationException("The stand-in failed.", failure) : run;
    }
}
