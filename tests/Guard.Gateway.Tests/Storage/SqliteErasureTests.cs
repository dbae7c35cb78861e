using System.Text;
using Guard.Gateway.Tests.Proof;

namespace Guard.Gateway.Tests.Storage;

/// <summary>What the files of a SQLite store hold of what was erased.</summary>
public sealed class SqliteErasureTests
{
    private const string Name = "name-to-forget";

    /// <summary>The write-ahead log holds older states of a page until something is written over them.</summary>
    [Fact]
    public async Task Text_ThatWasErased_IsInNoFileOfTheStore()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await TestGateway.StartAsync();
        var guard = new GuardCommands(gateway, folder);
        await gateway.DecideAsync(Some.Read(Some.Workspace + "/" + Name));
        var id = (await gateway.EventsAsync("?kind=decision")).Events[0].Id;
        FilesHold(gateway).Should().BeTrue();

        await guard.DoneAsync("audit", "erase", id, "--reason", "Asked for");

        await Eventually.BecomesAsync(() => Task.FromResult(FilesHold(gateway)), false);
        await gateway.DecideAsync(Some.Read());
    }

    private static bool FilesHold(TestGateway gateway) => new[] { "", "-wal" }
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
