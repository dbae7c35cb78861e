using System.Text;
using Guard.Gateway.Storage.Sqlite;
using Guard.Gateway.Tests.Proof;

namespace Guard.Gateway.Tests.Storage;

/// <summary>What the files of a SQLite store hold of what was erased.</summary>
public sealed class SqliteErasureTests
{
    private const string Name = "name-to-forget";

    // So that the name stands far behind what is written over the beginning of the log by chance.
    private const int Before = 60;

    /// <summary>The write-ahead log holds older states of a page until something is written over them.</summary>
    [Fact]
    public async Task Text_ThatWasErased_IsInNoFileOfTheStore()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await TestGateway.StartAsync();
        var guard = new GuardCommands(gateway, folder);
        for (var i = 0; i < Before; i++)
        {
            await gateway.DecideAsync(Some.Read());
        }

        await gateway.DecideAsync(Some.Read(Some.Workspace + "/" + Name));
        var id = (await gateway.EventsAsync("?kind=decision")).Events[0].Id;
        FilesHold(gateway).Should().BeTrue();

        await guard.DoneAsync("audit", "erase", id, "--reason", "Asked for");

        await Eventually.BecomesAsync(() => Task.FromResult(FilesHold(gateway)), false);
        await gateway.DecideAsync(Some.Read());
    }

    /// <summary>A gateway that is killed may not have emptied the log, and nobody knows any more what was erased before.</summary>
    [Fact]
    public async Task Log_LeftByAKilledGateway_IsEmptiedByTheNext()
    {
        using var folder = new TemporaryFolder();
        var left = Directory.CreateDirectory(folder.File("left")).FullName;
        await using (var gateway = await TestGateway.StartAsync())
        {
            // This gateway too empties what it finds, once, soon after its start.
            await Eventually.BecomesAsync(
                async () =>
                {
                    await gateway.DecideAsync(Some.Read(Some.Workspace + "/" + Name));
                    foreach (var suffix in new[] { "", "-wal" })
                    {
                        await File.WriteAllBytesAsync(Path.Combine(left, SqliteDatabase.FileName + suffix), Read(gateway.DatabasePath + suffix));
                    }

                    return new FileInfo(Path.Combine(left, SqliteDatabase.FileName + "-wal")).Length > 0;
                },
                true);
        }

        using var database = SqliteDatabase.Open(left);
        var log = new FileInfo(Path.Combine(left, SqliteDatabase.FileName + "-wal"));
        log.Length.Should().BeGreaterThan(0);
        database.LogHoldsErased.Should().BeTrue();

        database.CheckpointLog();

        database.LogHoldsErased.Should().BeFalse();
        log.Refresh();
        log.Length.Should().Be(0);
    }

    // The log first: text moves from it into the file meanwhile, and who read the file first would find it in neither.
    private static bool FilesHold(TestGateway gateway) => new[] { "-wal", "" }
        .Select(suffix => gateway.DatabasePath + suffix)
        .Any(static path => File.Exists(path) && Read(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Name)) >= 0);

    // Others write to it meanwhile.
    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
