using System.Text.Json.Nodes;

namespace Guard.EndToEnd.Tests.StandIn;

/// <summary>A tool call that the stand-in's model asks for. The id ties the client's result to it.</summary>
internal sealed record ToolUse(string Tool, JsonObject Input)
{
    public string Id { get; } = "toolu_" + Guid.NewGuid().ToString("N");

    public static ToolUse Bash(string command) => new("Bash", new JsonObject { ["command"] = command });

    public static ToolUse Read(string path) => new("Read", new JsonObject { ["file_path"] = path });

    public static ToolUse Write(string path, string content) =>
        new("Write", new JsonObject { ["file_path"] = path, ["content"] = content });

    public static ToolUse Edit(string path, string before, string after) =>
        new("Edit", new JsonObject { ["file_path"] = path, ["old_string"] = before, ["new_string"] = after });

    public static ToolUse NotebookEdit(string path, string cell, string source) =>
        new("NotebookEdit", new JsonObject { ["notebook_path"] = path, ["cell_id"] = cell, ["new_source"] = source });

    public static ToolUse WebFetch(string url) => new("WebFetch", new JsonObject { ["url"] = url, ["prompt"] = "summarise" });

    public static ToolUse Agent(string prompt) =>
        new("Agent", new JsonObject { ["description"] = "a subtask", ["prompt"] = prompt, ["subagent_type"] = "general-purpose" });
}
