using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Schemas;

/// <summary>Checks values by a JSON Schema with ajv, which is none of our code; eng/install-test-tools.sh puts it there.</summary>
internal static class SchemaValidator
{
    /// <summary>One line for each value that does not fit.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(string schema, IEnumerable<(string Name, JsonNode? Value)> cases)
    {
        var start = new ProcessStartInfo("node", [Repository.PathOf("tests/Guard.Cli.Tests/Schemas/validate.mjs"), Folder()])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var input = new JsonObject
        {
            ["schema"] = JsonNode.Parse(schema),
            ["cases"] = new JsonArray([.. cases.Select(c => new JsonObject { ["name"] = c.Name, ["value"] = c.Value?.DeepClone() })]),
        };
        await process.StandardInput.WriteAsync(input.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Folder()
    {
        var package = JsonNode.Parse(File.ReadAllText(Repository.PathOf("tests/Guard.Gateway.Tests/OpenApi/package.json")))!;
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } stated
            ? stated
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var tools = Environment.GetEnvironmentVariable("GUARD_TOOLS_DIR") is { Length: > 0 } folder ? folder : Path.Combine(cache, "guard");
        var found = Path.Combine(tools, "schema-validator", package["dependencies"]!["ajv"]!.GetValue<string>());
        return Directory.Exists(found) ? found : throw new InvalidOperationException($"The schema validator is not in {found}. Run eng/install-test-tools.sh.");
    }
}
