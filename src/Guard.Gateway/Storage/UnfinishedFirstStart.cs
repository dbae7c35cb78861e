using Guard.Gateway.Storage.Sqlite;

namespace Guard.Gateway.Storage;

/// <summary>
/// A first start that fails before anybody was told the keys it made leaves no store behind, so that the next one is a first
/// start again.
/// </summary>
/// <remarks>Disposed after the store is closed and before the data directory is given free.</remarks>
internal sealed class UnfinishedFirstStart(string directory) : IDisposable
{
    private bool _undo;

    /// <summary>The store was empty, so nothing in it is worth keeping until the keys are handed over.</summary>
    public void Begin() => _undo = true;

    public void Complete() => _undo = false;

    public void Dispose()
    {
        if (!_undo)
        {
            return;
        }

        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(Path.Combine(directory, SqliteDatabase.FileName + suffix));
        }
    }
}
