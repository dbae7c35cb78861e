using System.Text.Json.Nodes;
using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>
/// One kind of tool with a call that Policies/workbench.yaml denies and a sign that shows whether the tool ran. The
/// same cases are played with and without Guard, so that the sign is known to appear.
/// </summary>
internal sealed record ToolCase(ToolUse Call, string Rule, Func<ClientRun, bool> Ran)
{
    /// <summary>Calls before the denied one that policy allows, such as the Read that Edit wants.</summary>
    public IReadOnlyList<ToolUse> Before { get; init; } = [];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The call is made by a subagent that the main conversation starts.</summary>
    public bool InSubagent { get; init; }

    public static TheoryData<string> Names =>
        ["Read", "Write", "Edit", "NotebookEdit", "Bash", "WebFetch", "MCP tool", "Bash in a subagent"];

    public static ToolCase Create(string name, CaseFolder folder) => name switch
    {
        "Read" => Read(folder),
        "Write" => Write(folder),
        "Edit" => Edit(folder),
        "NotebookEdit" => NotebookEdit(folder),
        "Bash" => Bash(folder),
        "WebFetch" => WebFetch(),
        "MCP tool" => McpTool(folder),
        "Bash in a subagent" => Bash(folder) with { InSubagent = true },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such case."),
    };

    public ModelScript Script() => InSubagent
        ? ModelScript.Asking(ToolUse.Agent(ModelScript.SubagentPrompt)).WithSubagent(Call)
        : ModelScript.Asking([.. Before, Call]);

    private static ToolCase Read(CaseFolder folder)
    {
        folder.Put(folder.InProject(".env"), "TOKEN=moonlight\n");
        var call = ToolUse.Read(folder.InProject(".env"));
        return new ToolCase(call, "secrets", run => run.ResultOf(call).Text.Contains("moonlight", StringComparison.Ordinal));
    }

    private static ToolCase Write(CaseFolder folder)
    {
        var path = folder.InProject("locked/new.txt");
        return new ToolCase(ToolUse.Write(path, "text"), "locked", _ => File.Exists(path));
    }

    private static ToolCase Edit(CaseFolder folder)
    {
        var path = folder.InProject("locked/notes.txt");
        folder.Put(path, "before\n");
        return new ToolCase(ToolUse.Edit(path, "before", "after"), "locked", _ => File.ReadAllText(path) == "after\n")
        {
            Before = [ToolUse.Read(path)],
        };
    }

    private static ToolCase NotebookEdit(CaseFolder folder)
    {
        var path = folder.InProject("locked/book.ipynb");
        folder.Put(path, """
            {"cells":[{"cell_type":"code","id":"first","metadata":{},"source":["before"],"outputs":[],"execution_count":null}],"metadata":{},"nbformat":4,"nbformat_minor":5}
            """);
        return new ToolCase(ToolUse.NotebookEdit(path, "first", "after"), "locked", _ => File.ReadAllText(path).Contains("after", StringComparison.Ordinal))
        {
            Before = [ToolUse.Read(path)],
        };
    }

    private static ToolCase Bash(CaseFolder folder)
    {
        folder.Put(folder.InProject("locked/keep"), "");
        var path = folder.InProject("locked/made-by-bash.txt");
        return new ToolCase(ToolUse.Bash("touch locked/made-by-bash.txt"), "locked", _ => File.Exists(path));
    }

    private static ToolCase WebFetch() =>
        new(ToolUse.WebFetch("https://docs.example.com/page"), "no-web", run => run.BeyondLoopback.Any(host => host.StartsWith("docs.example.com", StringComparison.Ordinal)))
        {
            // Without it the client asks its maker about the host first, and gives up when it cannot.
            Arguments = ["--settings", """{"skipWebFetchPreflight":true}"""],
        };

    private static ToolCase McpTool(CaseFolder folder)
    {
        var path = folder.InProject("note.txt");
        var servers = new JsonObject
        {
            ["mcpServers"] = new JsonObject
            {
                ["notes"] = new JsonObject
                {
                    ["command"] = "node",
                    ["args"] = new JsonArray(Repository.InTests("Guarded", "notes-mcp-server.mjs")),
                },
            },
        };
        var call = new ToolUse("mcp__notes__note", new JsonObject { ["file"] = path, ["text"] = "a note" });
        return new ToolCase(call, "no-notes", _ => File.Exists(path))
        {
            Arguments = ["--mcp-config", servers.ToJsonString(), "--strict-mcp-config"],
        };
    }
}
