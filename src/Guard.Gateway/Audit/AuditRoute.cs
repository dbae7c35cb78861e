using System.Data.Common;
using Dapper;

namespace Guard.Gateway.Audit;

/// <summary>How SQLite comes to the events of a list with several filters.</summary>
/// <remarks>
/// SQLite takes all values of a column for equally frequent, and agents, tools and effects are not: by the wrong index a
/// first page reads hundreds of thousands of events instead of a hundred. So what passes each filter is counted, in its
/// index alone and only as far as it takes to know the fewest.
/// </remarks>
/// <param name="Hint">What stands behind the table's name, to be gone by.</param>
/// <param name="Conditions">All of them, as they are asked on that way.</param>
internal sealed record AuditRoute(string Hint, IEnumerable<string> Conditions)
{
    private const int FirstBound = 1_000;

    // Counting so far takes milliseconds. What more than this pass each of the filters, most often fills a page soon.
    private const int LastBound = 100_000;

    /// <summary>
    /// By the positions that a filter names, where one does; else by the index whose filter the fewest events pass. Each other filter is
    /// looked up in its own index, so that of the table, whose rows are large, only what passes all of them is read.
    /// </summary>
    public static AuditRoute Of(DbConnection connection, AuditQuery query, IReadOnlyList<AuditCondition> conditions)
    {
        var namesPositions = conditions.Any(static condition => condition.NamesPositions);
        var index = namesPositions ? null : Index(connection, query, conditions);
        var hint = (namesPositions, index) switch
        {
            (true, _) => " NOT INDEXED",
            (_, not null) => $" INDEXED BY {index}",
            _ => "",
        };
        return new AuditRoute(hint, conditions.Select(condition => condition.Index is null || condition.Index == index
            ? condition.Sql
            : $"EXISTS (SELECT 1 FROM audit_event AS other INDEXED BY {condition.Index} WHERE {condition.Sql} AND other.position = audit_event.position)"));
    }

    // Any where very many pass all filters; null: no filter has one.
    private static string? Index(DbConnection connection, AuditQuery query, IReadOnlyList<AuditCondition> conditions)
    {
        var candidates = conditions.Where(static condition => condition.Index is not null).ToList();
        if (candidates.Count <= 1)
        {
            return candidates.SingleOrDefault()?.Index;
        }

        var positions = string.Concat(conditions.Where(static condition => condition.IsPosition).Select(static condition => $" AND {condition.Sql}"));
        for (var bound = FirstBound; bound <= LastBound; bound *= 10)
        {
            var (index, count) = candidates
                .Select(candidate => (candidate.Index, Count: connection.ExecuteScalar<long>(
                    $"SELECT count(*) FROM (SELECT 1 FROM audit_event INDEXED BY {candidate.Index} WHERE {candidate.Sql}{positions} LIMIT {bound})", query)))
                .MinBy(static candidate => candidate.Count);
            if (count < bound)
            {
                return index;
            }
        }

        return candidates[0].Index;
    }
}
