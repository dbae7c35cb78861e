using System.Collections.Concurrent;
using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>
/// Holds each session to what its first event stated of its workspace: a fact that could be forged must not change on the way. A
/// cache over the store; a session's facts are durable before they are used.
/// </summary>
/// <remarks>Thread-safe. Two first events at once: the store keeps one of them, and both are compared with it.</remarks>
internal sealed class SessionFactPins(IDatabase database, int capacity = 20_000)
{
    private const string FindSql = """
        SELECT project AS Project, branch AS Branch, host AS Host, policy AS Policy FROM session_fact WHERE agent_id = @agentId AND session_id = @sessionId
        """;

    private const string InsertSql = """
        INSERT INTO session_fact (agent_id, session_id, project, branch, host, policy, pinned_at)
        VALUES (@agentId, @sessionId, @project, @branch, @host, @policy, @now)
        ON CONFLICT DO NOTHING
        """;

    // Of many first calls of a session at once, one goes to the store and the others wait for it.
    private readonly ConcurrentDictionary<(string Agent, string Session), Lazy<Row>> _pinned = new();

    /// <summary>Without a session nothing is pinned, so nothing stated may loosen anything.</summary>
    public SessionFacts Resolve(string agentId, ToolCall call, DateTimeOffset now)
    {
        if (call.SessionId is not { } sessionId)
        {
            return new SessionFacts(null, null, null, PolicyChanged: false);
        }

        if (_pinned.Count > capacity)
        {
            // All of them can be read again.
            _pinned.Clear();
        }

        var pin = Pin(agentId, sessionId, call, now);
        return new SessionFacts(Same(call.Project, pin.Project), Same(call.Branch, pin.Branch), Same(call.Host, pin.Host), call.Policy?.Digest != pin.Policy);
    }

    private Row Pin(string agentId, string sessionId, ToolCall call, DateTimeOffset now)
    {
        var pending = _pinned.GetOrAdd((agentId, sessionId), _ => new Lazy<Row>(() => Load(agentId, sessionId, call, now)));
        try
        {
            return pending.Value;
        }
        catch
        {
            // What failed once may be there the next time.
            _pinned.TryRemove(KeyValuePair.Create((agentId, sessionId), pending));
            throw;
        }
    }

    private Row Load(string agentId, string sessionId, ToolCall call, DateTimeOffset now)
    {
        var key = new { agentId, sessionId };
        using (var connection = database.Connect())
        {
            if (connection.QuerySingleOrDefault<Row>(FindSql, key) is { } stored)
            {
                return stored;
            }
        }

        // Another gateway may be first: what it stored is seen by the read after this.
        database.WriteOne(InsertSql, new { agentId, sessionId, project = call.Project, branch = call.Branch, host = call.Host, policy = call.Policy?.Digest, now = now.ToUnixTimeMilliseconds() });
        using var after = database.Connect();
        return after.QuerySingle<Row>(FindSql, key);
    }

    private static string? Same(string? stated, string? pinned) => string.Equals(stated, pinned, StringComparison.Ordinal) ? stated : null;

    private sealed record Row
    {
        public string? Project { get; init; }
        public string? Branch { get; init; }
        public string? Host { get; init; }
        public string? Policy { get; init; }
    }
}
