using System.Text.Json;

namespace Guard.Gateway.Tests;

/// <summary>Files of the repository that tests read, and the tools that eng/install-test-tools.sh puts beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folder that holds the pinned validator of JSON schemas.</summary>
    public static string SchemaValidator
    {
        get
        {
            using var package = JsonDocument.Parse(File.ReadAllText(PathOf("tests", "Guard.Gateway.Tests", "OpenApi", "package.json")));
            var version = package.RootElement.GetProperty("dependencies").GetProperty("ajv").GetString()!;
            var folder = Path.Combine(Tools(), "schema-validator", version);
            return Directory.Exists(folder) ? folder : throw new InvalidOperationException($"The schema validator is not in {folder}. Run eng/install-test-tools.sh.");
        }
    }

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Tools()
    {
        if (Environment.GetEnvironmentVariable("GUARD_TOOLS_DIR") is { Length: > 0 } tools)
        {
            return tools;
        }

        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } stated
            ? stated
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "guard");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Guard.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
