namespace Guard.Gateway.Storage.Sqlite;

/// <summary>Finds a session's events by the index <c>audit_event_session</c>, which is ordered by stretches of positions first.</summary>
/// <remarks>
/// A stretch is 2,048 positions: short, so that all sessions that write at once share the few pages of the newest one; not too
/// short, because a session is looked for in each, which takes about 5 µs: 2.5 ms for a million events.
/// </remarks>
internal static class SqliteStretches
{
    // As in the index, or SQLite does not know that it is one.
    private const string OfPosition = "position / 2048";

    // The rows of a recursion come in the order in which they are made: the newest first.
    private const string Recursion = "UNION ALL SELECT number - 1 FROM stretch WHERE number";

    /// <inheritdoc cref="SqlDialect.PositionsOfSession"/>
    public const string PositionsOfSession = $"""
        WITH RECURSIVE stretch (number) AS (
            SELECT min(coalesce(@Before, newest), coalesce(@Last, newest), newest) / 2048 FROM (SELECT max(position) AS newest FROM audit_event)
            {Recursion} > max(coalesce(@After, 0), coalesce(@First, 0)) / 2048)
        SELECT event.position FROM stretch CROSS JOIN audit_event AS event INDEXED BY audit_event_session
        WHERE event.{OfPosition} = stretch.number AND event.session_id = @Session
        """;

    /// <inheritdoc cref="SqlDialect.DecisionsOfCall"/>
    public const string DecisionsOfCall = $"""
        position = (
            WITH RECURSIVE stretch (number) AS (
                SELECT max(position) / 2048 FROM audit_event
                {Recursion} > 0),
            latest (position) AS (
                SELECT (
                    SELECT max(event.position) FROM audit_event AS event INDEXED BY audit_event_session
                    WHERE event.{OfPosition} = stretch.number AND event.session_id = @sessionId AND event.tool_use_id = @toolUseId
                        AND event.agent_id = @agentId AND event.kind = 'decision')
                FROM stretch)
            SELECT position FROM latest WHERE position IS NOT NULL LIMIT 1)
        """;
}
