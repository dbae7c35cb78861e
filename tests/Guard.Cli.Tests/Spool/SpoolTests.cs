using System.Diagnostics;
using System.Text.RegularExpressions;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Tests.Spool;

/// <summary>The real hook, a real gateway that goes away and comes back, and the record in the end.</summary>
public sealed partial class SpoolTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    private static string Hook => Path.Combine(BuiltPrograms.HookFolder, "guard-hook");

    [Fact]
    public async Task DeniedWithoutGateway_StandsInTheRecordOnce_AfterTheFlush()
    {
        await using (await RunningGateway.StartAsync(_cli))
        {
            (await HookAsync("pre", "pre-bash-git-status.json")).ExitCode.Should().Be(2, "no policy is in force");
        }

        var denied = await HookAsync("pre", "pre-bash-git-status.json");
        (await HookAsync("post", "post-bash.json")).Should().Be(new CliResult(0, "", ""));
        (await _cli.RunAsync("spool", "flush", "--hook", Hook)).Should().Match<CliResult>(r => r.ExitCode == 4 && r.Error.Contains("cannot be reached"));

        await using var gateway = await RunningGateway.StartAsync(_cli);
        (await _cli.RunAsync("spool", "flush", "--hook", Hook)).Output.Should().Be("2 events of the spool were handed over\n");
        (await _cli.RunAsync("spool", "flush", "--hook", Hook)).Output.Should().Be("the spool is empty\n");

        using var client = await gateway.AdminClientAsync();
        var events = (await client.GetEventsAsync(new AuditFilter())).Events.Where(e => e.Kind is AuditKinds.HookDenied or AuditKinds.Outcome).ToList();
        events.Select(e => e.Kind).Should().BeEquivalentTo(AuditKinds.HookDenied, AuditKinds.Outcome);
        var denial = events.Single(e => e.Kind == AuditKinds.HookDenied);
        denial.Reason.Should().Be(denied.Error.TrimEnd());
        denial.Sequence.Should().Be(2);
        var trace = TraceOf().Match(denied.Error).Groups[1].Value;
        var shown = (await _cli.RunAsync("audit", "trace", trace)).Output;
        shown.Should().Contain("by the hook itself").And.Contain("later, by the hook");
    }

    [Fact]
    public async Task NextCallThatIsDecided_HandsOver()
    {
        await using (await RunningGateway.StartAsync(_cli))
        {
        }

        await HookAsync("pre", "pre-bash-git-status.json");
        await using var gateway = await RunningGateway.StartAsync(_cli);

        await HookAsync("pre", "pre-bash-git-status.json");

        using var client = await gateway.AdminClientAsync();
        (await client.GetEventsAsync(new AuditFilter())).Events.Where(e => e.Sequence is not null).Select(e => (e.Kind, e.Sequence))
            .Should().BeEquivalentTo(new[] { (AuditKinds.HookDenied, 1L), (AuditKinds.Decision, 2L) });
    }

    private async Task<CliResult> HookAsync(string verb, string sample)
    {
        using var process = Process.Start(GuardProcess.StartInfo(Hook, _cli.Home, _cli.Project, verb, "--config", Path.Combine(_cli.GuardFolder, "hook.json")))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(Repository.PathOf("samples", "hook-inputs", sample)));
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new CliResult(process.ExitCode, await output, await error);
    }

    [GeneratedRegex(@"\(trace ([0-9a-f-]{36})\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TraceOf();
}
