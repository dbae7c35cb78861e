using System.Diagnostics;
using Guard.Gateway.Hosting;
using Guard.Protocol;
using Npgsql;

namespace Guard.Gateway.Tests.Stores;

/// <summary>The commands of docs/operations.md, "Back up and restore", run as they stand there.</summary>
public sealed class BackupTests : StoreTests
{
    public BackupTests()
        : base(StoreKind.Postgres)
    {
    }

    [Fact]
    public async Task Postgres_BackedUpWhileItRunsAndRestored_GoesOnWithItsKeysAndItsRecord()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await StartAsync();
        var decision = await gateway.DecideAsync(Some.Read());

        await RunAsync(Documented("pg_dump "), gateway.Options.Postgres!, folder.Path);
        var restored = PostgresServer.Shared.CreateDatabase();
        await RunAsync(Documented("pg_restore "), restored, folder.Path);

        await using (var again = await gateway.JoinAsync(options => options with { Postgres = restored }))
        {
            again.Host.FirstStart.Should().BeNull();
            (await again.EventsAsync($"?trace={decision.TraceId}")).Events.Should().ContainSingle().Which.Id.Should().Be(decision.EventId);
            (await again.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
            var positions = (await again.EventsAsync()).Events.Select(e => e.Position).ToList();
            positions.Should().BeInDescendingOrder().And.OnlyHaveUniqueItems("positions go on behind those of the backup");
        }

        PostgresServer.Shared.Drop(restored);
    }

    [Fact]
    public async Task Sqlite_BackedUpWhileItRunsAndRestored_GoesOnWithItsKeysAndItsRecord()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await TestGateway.StartAsync();
        var decision = await gateway.DecideAsync(Some.Read());
        var backup = folder.File("guard.db");
        var line = Documented("sqlite3 ").Replace("~/.guard/guard.db", gateway.DatabasePath, StringComparison.Ordinal).Replace("/backup/guard.db", backup, StringComparison.Ordinal);

        await ShellAsync(new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder.Path }, line);

        var data = folder.File("restored");
        Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Copy(backup, Path.Combine(data, "guard.db"));
        await using var again = await gateway.JoinAsync(options => options with { DataDirectory = data });
        again.Host.FirstStart.Should().BeNull();
        (await again.EventsAsync($"?trace={decision.TraceId}")).Events.Should().ContainSingle().Which.Id.Should().Be(decision.EventId);
        (await again.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    // The line of the document; the database is the last word of the one and an option of the other.
    private static string Documented(string command) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "operations.md")).Single(line => line.StartsWith(command, StringComparison.Ordinal));

    private static async Task RunAsync(string line, PostgresOptions options, string folder)
    {
        var target = new NpgsqlConnectionStringBuilder(options.Connection);
        line = line.Replace("--dbname=guard", $"--dbname={target.Database}", StringComparison.Ordinal);
        line = line.EndsWith(" guard", StringComparison.Ordinal) ? line[..^"guard".Length] + target.Database : line;
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder };
        start.Environment["PGHOST"] = target.Host;
        start.Environment["PGPORT"] = target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = target.Username;
        await ShellAsync(start, line);
    }

    private static async Task ShellAsync(ProcessStartInfo start, string line)
    {
        start.UseShellExecute = false;
        start.RedirectStandardError = true;
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, errors);
    }
}
