using System.Text.Json;
using Guard.EndToEnd.Tests.Bench;

namespace Guard.EndToEnd.Tests.Client;

/// <summary>The pinned client, found where eng/install-test-tools.sh puts it.</summary>
internal static class ClientExecutable
{
    private static readonly Lazy<string> Found = new(Find);

    public static string FilePath => Found.Value;

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("GUARD_CLAUDE_CLIENT") is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new InvalidOperationException($"GUARD_CLAUDE_CLIENT is {named}, which does not exist.");

        var packages = Path.Combine(ToolsFolder(), "claude-code", PinnedVersion(), "node_modules", "@anthropic-ai");
        var executable = Directory.Exists(packages)
            ? Directory.EnumerateDirectories(packages, "claude-code-linux-*").Select(folder => Path.Combine(folder, "claude")).FirstOrDefault(File.Exists)
            : null;
        return executable ?? throw new InvalidOperationException($"The Claude Code client is not in {packages}. Run eng/install-test-tools.sh.");
    }

    private static string ToolsFolder()
    {
        if (Environment.GetEnvironmentVariable("GUARD_TOOLS_DIR") is { Length: > 0 } tools)
            return tools;
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } stated
            ? stated
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "guard");
    }

    private static string PinnedVersion()
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Repository.InTests("Client", "package.json")));
        return package.RootElement.GetProperty("dependencies").GetProperty("@anthropic-ai/claude-code").GetString()
            ?? throw new InvalidOperationException("Client/package.json pins no version of the client.");
    }
}
