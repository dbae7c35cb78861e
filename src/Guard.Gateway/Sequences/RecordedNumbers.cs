using System.Text.Json;
using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Sequences;

/// <summary>Reads from the record which numbers of an installation it holds: also those that other gateways recorded.</summary>
internal sealed class RecordedNumbers(IDatabase database)
{
    private const int LatestEvents = 1_000;
    private const int MostEvents = 200_000;

    private readonly string _latest = $"SELECT body FROM audit_event WHERE agent_id = {database.Sql.Uuid("@agentId")} ORDER BY position DESC LIMIT {LatestEvents}";
    private readonly string _since = $"SELECT body FROM audit_event WHERE agent_id = {database.Sql.Uuid("@agentId")} AND time >= @since LIMIT {MostEvents}";

    /// <summary>What the latest events of the agent say, where nothing is known of the installation yet.</summary>
    /// <exception cref="System.Data.Common.DbException">The store cannot be read.</exception>
    public InstallationNumbers Begin(string agentId, string installation, long timestamp)
    {
        var (found, count) = Read(_latest, new { agentId }, installation);
        // Of older events nothing is asked; where there are none, counting begins with 1.
        var numbers = new InstallationNumbers(count < LatestEvents || found.Count == 0 ? 0 : found.Min(static range => range.First) - 1);
        Add(numbers, found, timestamp);
        return numbers;
    }

    /// <summary>Adds what was recorded since a time by any gateway.</summary>
    /// <returns>False: there is too much of it to look through.</returns>
    /// <exception cref="System.Data.Common.DbException">The store cannot be read.</exception>
    public bool Add(InstallationNumbers numbers, string agentId, string installation, DateTimeOffset since, long timestamp)
    {
        var (found, count) = Read(_since, new { agentId, since = since.ToUnixTimeMilliseconds() }, installation);
        Add(numbers, found, timestamp);
        return count < MostEvents;
    }

    private (List<(long First, long Last)> Found, int Count) Read(string sql, object parameters, string installation)
    {
        using var connection = database.Connect();
        var found = new List<(long, long)>();
        var count = 0;
        foreach (var body in connection.Query<string>(sql, parameters, buffered: false))
        {
            count++;
            if (JsonSerializer.Deserialize(body, ProtocolJson.Default.AuditEvent) is { Sequence: { } first } recorded && string.Equals(recorded.Installation, installation, StringComparison.Ordinal))
            {
                // A gap that is on record needs no other event.
                found.Add((first, recorded.Kind == AuditKinds.SequenceGap ? first + (recorded.Count ?? 1) - 1 : first));
            }
        }

        return (found, count);
    }

    private static void Add(InstallationNumbers numbers, List<(long First, long Last)> found, long timestamp)
    {
        foreach (var (first, last) in found.Order())
        {
            if (first == last)
            {
                numbers.Saw(first, timestamp);
            }
            else
            {
                numbers.Settle(first, last, timestamp);
            }
        }
    }
}
