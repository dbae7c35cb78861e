using System.Globalization;
using Dapper;
using Npgsql;

namespace Guard.Gateway.Storage.Postgres;

/// <summary>
/// Hears what other gateways change and record, and knows whether the database can be reached. It listens, and asks twice a
/// second as well: a connection that died silently, and a notice that came while nobody listened, are found out that way.
/// </summary>
internal sealed class PostgresMonitor : IDisposable
{
    private const string StateSql = "SELECT policies AS Policies, keys AS Keys, (SELECT coalesce(max(position), 0) FROM audit_leaf) AS RecordedTo FROM store_state";
    private const string EventsNotice = "events ";
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly string _connectionString;
    private readonly bool _allowVolatile;
    private readonly ChangeFeed _changes;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    // Written by the loop, read by every request.
    private volatile StoreOutage? _outage;

    public PostgresMonitor(string connectionString, bool allowVolatile, ChangeFeed changes, TimeProvider clock)
    {
        _connectionString = connectionString;
        _allowVolatile = allowVolatile;
        _changes = changes;
        _clock = clock;
        using (var connection = new NpgsqlConnection(connectionString))
        {
            connection.Open();
            Publish(connection.QuerySingle<State>(StateSql));
        }

        _loop = Task.Run(RunAsync);
    }

    /// <summary>Null: the database answered when it was last asked.</summary>
    public StoreOutage? Outage => _outage;

    public void Dispose()
    {
        _stop.Cancel();
        _loop.Wait();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        // A connection that breaks says nothing yet about the database; one that cannot be opened does.
        var isRetry = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(_connectionString);
                await connection.OpenAsync(_stop.Token);
                // The server may have been started again with other settings.
                if (!_allowVolatile && PostgresDurability.Refusal(connection) is { } refusal)
                {
                    throw new InvalidOperationException($"The server {refusal}");
                }

                await connection.ExecuteAsync("LISTEN guard");
                await FollowAsync(connection, () => isRetry = false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it is: a gateway that hears nothing must not believe that nothing happens.
                if (isRetry)
                {
                    _outage = new StoreOutage(_outage?.Since ?? _clock.GetUtcNow(), PostgresConnections.Reason(exception));
                    await Task.Delay(RetryAfter, CancellationToken.None);
                }

                isRetry = true;
            }
        }
    }

    private async Task FollowAsync(NpgsqlConnection connection, Action answered)
    {
        var ask = true;
        connection.Notification += (_, notice) =>
        {
            // Whoever may connect may notify: what a notice says is only ever a reason to look.
            if (notice.Payload.StartsWith(EventsNotice, StringComparison.Ordinal) && long.TryParse(notice.Payload.AsSpan(EventsNotice.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                _changes.PublishRecorded(position);
            }
            else
            {
                ask = true;
            }
        };
        var askedAt = _clock.GetTimestamp();
        while (true)
        {
            if (ask || _clock.GetElapsedTime(askedAt) >= AskEvery)
            {
                ask = false;
                Publish(await connection.QuerySingleAsync<State>(StateSql));
                askedAt = _clock.GetTimestamp();
                _outage = null;
                answered();
            }

            await connection.WaitAsync(AskEvery, _stop.Token);
        }
    }

    private void Publish(State state)
    {
        _changes.Publish(new Generations { Policies = state.Policies, Keys = state.Keys });
        _changes.PublishRecorded(state.RecordedTo);
    }

    private sealed record State
    {
        public long Policies { get; init; }
        public long Keys { get; init; }
        public long RecordedTo { get; init; }
    }
}
