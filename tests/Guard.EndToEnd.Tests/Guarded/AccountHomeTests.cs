using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>These tests register, run and record in folders of their own, whatever the person's account holds.</summary>
public sealed class AccountHomeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Home_OfTheAccount_IsLeftAsItIsByACase()
    {
        var before = Snapshot();

        await GuardedBench.PlayAsync(fixture.Gateway, async bench =>
        {
            await bench.InitAsync("--user");
            await bench.RunAsync(ToolUse.Bash("touch allowed.txt"));
            bench.Exists("allowed.txt").Should().BeTrue();
        });

        Snapshot().Should().Equal(before);
    }

    // What Guard and its registration would touch; the rest of the client's folder may be in use by a person's own session.
    private static List<string> Snapshot()
    {
        var home = AccountHome();
        string[] files = [".claude.json", ".claude/settings.json", ".claude/settings.local.json"];
        var found = files.Select(file => new FileInfo(Path.Combine(home, file))).Where(file => file.Exists).ToList();
        var guard = new DirectoryInfo(Path.Combine(home, ".guard"));
        if (guard.Exists)
            found.AddRange(guard.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !file.Name.StartsWith("guard.db", StringComparison.Ordinal)));
        return [$"{guard.FullName} {guard.Exists}", .. found.Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc:O}").Order(StringComparer.Ordinal)];
    }

    // By the password database, as guard-hook sees it, not by HOME.
    private static string AccountHome() => File.ReadLines("/etc/passwd")
        .Select(line => line.Split(':'))
        .First(fields => fields[0] == Environment.UserName)[5];
}
