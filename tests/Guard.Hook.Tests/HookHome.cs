using System.Text.Json;

namespace Guard.Hook.Tests;

/// <summary>A folder with settings for one test.</summary>
internal sealed class HookHome : IDisposable
{
    public HookHome(string url, object? more = null)
    {
        Url = url;
        Folder = Directory.CreateTempSubdirectory("guard-hook-home").FullName;
        var settings = new Dictionary<string, object?> { ["gatewayUrl"] = url, ["apiKey"] = "guard_agent_test", ["agentName"] = "test", ["stateDirectory"] = Path.Combine(Folder, "state") };
        foreach (var property in more?.GetType().GetProperties() ?? []) settings[property.Name] = property.GetValue(more);
        Config = Path.Combine(Folder, "hook.json");
        File.WriteAllText(Config, JsonSerializer.Serialize(settings));
        File.SetUnixFileMode(Config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Of the gateway.</summary>
    public string Url { get; }

    public string Folder { get; }

    public string Config { get; }

    public string[] Pre(params string[] more) => ["pre", "--config", Config, "--workspace", "/home/dev/app", .. more];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
