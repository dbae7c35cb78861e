using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Guard.Cli.Tests.Guide;

public sealed class ComingFromTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task EveryLineOfTheGuide_HasACounterpartThatDoesIt()
    {
        Directory.CreateSymbolicLink(Path.Combine(_cli.Project, "policies"), Repository.PathOf("policies"));
        CliHarness.Write(Path.Combine(_cli.Project, "README.md"), "hello");
        using var gateway = GuardProcess.Start("Ctrl-C stops the gateway", _cli.Home, _cli.Project, "up", "--no-tcp", "--agent", "first", "--admin-key-file", "~/.guard/admin.key");
        await gateway.ReadyAsync();

        var outputs = await RunAsync(GuideLines.All);

        foreach (var (line, output) in GuideLines.All.Zip(outputs))
        {
            Regex.IsMatch(output, line.Shows, RegexOptions.Multiline).Should().BeTrue($"`{line.Run}` must show /{line.Shows}/ and showed:\n{output}");
        }
    }

    [Fact]
    public void Document_IsTheTableThatIsRun()
    {
        var document = Document();
        var place = Repository.PathOf("artifacts", "coming-from.md");
        File.WriteAllText(place, document);

        (File.ReadAllText(Repository.PathOf("docs", "coming-from.md")) == document).Should().BeTrue($"docs/coming-from.md must be the table of GuideLines; copy {place} over it");
    }

    private async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<GuideLine> lines)
    {
        var script = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].InBackground)
                // A shell starts what runs in the background with the interrupt ignored.
                script.Append($"env --default-signal=INT {lines[i].Run} > out.{i} 2>&1 < /dev/null &\nfollower=$! followed=out.{i}\n");
            else if (lines[i].Run is { } run)
                script.Append($"{{ {run}; }} > out.{i} 2>&1\n");
        }

        // The last denial has reached the follower when it shows there; then it is ended as Ctrl-C does.
        script.Append("timeout 60 sh -c 'until grep -q \"write:file\" \"$0\"; do sleep 0.05; done' \"$followed\"\nkill -INT $follower\nwait $follower\n");
        var start = GuardProcess.StartInfo("bash", _cli.Home, _cli.Project, "-s");
        start.Environment["PATH"] = $"{BuiltPrograms.GuardFolder}:{BuiltPrograms.HookFolder}:/usr/bin:/bin";
        using var shell = Process.Start(start)!;
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.StandardInput.WriteAsync(script.ToString());
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();

        shell.ExitCode.Should().Be(0, await error + await output);
        return [.. lines.Select((line, i) => line.Run is null ? "" : File.ReadAllText(Path.Combine(_cli.Project, $"out.{i}")))];
    }

    private static string Document()
    {
        var text = new StringBuilder("""
            # Coming from another gateway

            <!-- Made of tests/Guard.Cli.Tests/Guide/GuideLines.cs, whose test runs every line; do not edit. -->

            The commands of a published guide and what does the same here. Its policy documents work as they are, once they are
            valid YAML: see [policies](policies.md#moving-over-from-another-gateway).

            | the guide | here | |
            | --- | --- | --- |

            """.ReplaceLineEndings("\n"));
        foreach (var line in GuideLines.All) text.Append($"| {Code(line.Guide)} | {(line.Ours is { } ours ? Code(ours) : "")} | {line.Note} |\n");
        return text.ToString();
    }

    private static string Code(string command) => $"`{command.Replace("|", "\\|", StringComparison.Ordinal)}`";
}
