using System.Text.RegularExpressions;

namespace Guard.Cli.Tests.Policies.Import;

/// <summary>The example of docs/coming-from-permissions.md is what the command writes.</summary>
public sealed class PermissionsPageTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Example_Imported_IsThePolicyThatThePageShows()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "coming-from-permissions.md"));
        CliHarness.Write(_cli.ProjectSettings, Block(page, "json"));

        (await _cli.RunAsync("policy", "import", "--from", "claude-settings", ".claude/settings.json")).Should().Be(new CliResult(0, Block(page, "yaml"), ""));
    }

    private static string Block(string page, string language) => Regex.Match(page, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
}
