using System.Diagnostics;
using System.Text;

namespace Guard.Cli.Tests;

public sealed class QuickstartTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    /// <summary>docs/quickstart.md, from the gateway on, in a home of its own; the build is what made the programs under test.</summary>
    [Fact]
    public async Task Quickstart_EveryCommand_Works()
    {
        var blocks = Blocks(await File.ReadAllLinesAsync(Repository.PathOf("docs", "quickstart.md"))).ToList();
        Directory.CreateSymbolicLink(Path.Combine(_cli.Project, "policies"), Repository.PathOf("policies"));
        using var gateway = GuardProcess.Start("Ctrl-C stops the gateway", _cli.Home, _cli.Project, ArgumentsOf(blocks.Single(b => b.Kind == "sh gateway").Text));
        await gateway.ReadyAsync();

        var script = new StringBuilder("set -eu\n");
        foreach (var block in blocks.Where(b => b.Kind == "sh")) script.Append(block.Text).Append('\n');
        var start = GuardProcess.StartInfo("/bin/bash", _cli.Home, _cli.Project, "-s");
        start.Environment["PATH"] = $"{BuiltPrograms.GuardFolder}:{BuiltPrograms.HookFolder}:/usr/bin:/bin";
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var error = shell.StandardError.ReadToEndAsync();
        await shell.StandardInput.WriteAsync(script.ToString());
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();

        shell.ExitCode.Should().Be(0, await error + await output);
        (await output).Should().Contain("was denied by the floor. Guard is in force").And.Contain("In force: bundle").And.Contain("Guard was taken out of");
        Directory.Exists(Path.Combine(_cli.Project, "my-project", ".claude")).Should().BeFalse("it was taken back");
        blocks.Select(b => b.Kind).Distinct().Should().BeEquivalentTo(["sh build", "sh gateway", "sh", "text"], "every other kind would not be run");
    }

    private static string[] ArgumentsOf(string line)
    {
        line.Should().StartWith("guard up ").And.NotContain("\n");
        return line.Split(' ')[1..];
    }

    private static IEnumerable<(string Kind, string Text)> Blocks(IEnumerable<string> lines)
    {
        string? kind = null;
        var text = new List<string>();
        foreach (var line in lines)
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                text.Add(line);
            }
            else if (kind is null)
            {
                kind = line[3..];
                text.Clear();
            }
            else
            {
                yield return (kind, string.Join('\n', text));
                kind = null;
            }
        }
    }
}
