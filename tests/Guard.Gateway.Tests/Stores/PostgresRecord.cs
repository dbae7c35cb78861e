using System.Data.Common;
using Dapper;
using Xunit.Abstractions;

namespace Guard.Gateway.Tests.Stores;

/// <summary>What stands in a database against what clients were answered.</summary>
internal static class PostgresRecord
{
    /// <summary>Nothing that was acknowledged is missing, stands there twice, or as something else than it was answered.</summary>
    /// <param name="connection">To the schema of the record.</param>
    /// <param name="load">What was answered.</param>
    /// <param name="how">What happened meanwhile, for the figures.</param>
    /// <param name="output">Where they go.</param>
    public static void ShouldHold(this DbConnection connection, Load load, string how, ITestOutputHelper output)
    {
        var stored = Decisions(connection);
        var answers = stored.DistinctBy(static row => row.Trace).ToDictionary(static row => row.Trace, static row => (row.Id, row.Answer), StringComparer.Ordinal);
        var missing = load.Acknowledged.Keys.Count(trace => !answers.ContainsKey(trace));
        var different = load.Acknowledged.Values.Count(answer => answers.TryGetValue(answer.TraceId, out var row) && row != (answer.EventId, answer.Answer));
        output.WriteLine(
            $"{how}: {TestRuns.Faults} faults or more, {load.Acknowledged.Count} acknowledged, {stored.Count} stored, {missing} missing, {stored.Count - answers.Count} twice, {different} otherwise than answered, denied {string.Join(", ", load.Denied.Select(static denied => $"{denied.Key} {denied.Value}"))}");
        (missing, stored.Count - answers.Count, different).Should().Be((0, 0, 0));
        connection.QuerySingle<long>("SELECT count(*) FROM audit_leaf l FULL JOIN audit_event e USING (position, id) WHERE l.id IS NULL OR e.id IS NULL").Should().Be(0, "every leaf has its body");
    }

    /// <summary>How many of the answers stand nowhere.</summary>
    public static int Missing(DbConnection connection, Load load)
    {
        var stored = Decisions(connection).Select(static row => row.Trace).ToHashSet(StringComparer.Ordinal);
        return load.Acknowledged.Keys.Count(trace => !stored.Contains(trace));
    }

    private static List<(string Trace, string Id, string Answer)> Decisions(DbConnection connection) =>
        connection.Query<(string, string, string)>("SELECT trace_id::text, id::text, answer FROM audit_event WHERE kind = 'decision'").AsList();
}
