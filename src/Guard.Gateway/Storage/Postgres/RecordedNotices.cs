using System.Threading.Channels;
using Npgsql;

namespace Guard.Gateway.Storage.Postgres;

/// <summary>Tells the other gateways how far the record goes, so that who follows it there sees events at once.</summary>
/// <remarks>
/// Thread-safe. After the commit and not in it, and a few times a second at most: a notice in every commit costs as much as some
/// events. One that is lost does no harm, because every gateway asks by itself again and again.
/// </remarks>
internal sealed class RecordedNotices : IAsyncDisposable
{
    // As long as this an event may be unseen elsewhere while others follow it.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<long> _latest = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Task _loop;

    public RecordedNotices(NpgsqlDataSource source, TimeProvider clock)
    {
        _source = source;
        _clock = clock;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Events up to <paramref name="position"/> are in the record.</summary>
    public void Recorded(long position) => _latest.Writer.TryWrite(position);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _source.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var told = 0L;
        try
        {
            await foreach (var position in _latest.Reader.ReadAllAsync(_stop.Token))
            {
                if (position <= told)
                {
                    continue;
                }

                told = position;
                await TellAsync(position);
                await Task.Delay(Pause, _clock, _stop.Token);
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The stop itself, or what it cut off.
        }
    }

    private async Task TellAsync(long position)
    {
        try
        {
            await using var command = _source.CreateCommand("SELECT pg_notify('guard', 'events ' || $1)");
            command.Parameters.Add(new NpgsqlParameter { Value = position });
            await command.ExecuteNonQueryAsync(_stop.Token);
        }
        catch (Exception) when (!_stop.IsCancellationRequested)
        {
            // What is wrong with the database the writer says; whatever it is, the next event brings the next notice.
        }
    }
}
