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

    private readonly ConcurrentDictionary<(string Agent, string Session), Row> _pinned = new();

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

        var pin = _pinned.TryGetValue((agentId, sessionId), out var known) ? known : _pinned.GetOrAdd((agentId, sessionId), Load(agentId, sessionId, call, now));
        return new SessionFacts(Same(call.Project, pin.Project), Same(call.Branch, pin.Branch), Same(call.Host, pin.Host), call.Policy?.Digest != pin.Policy);
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

        return database.Write(write =>
        {
            write.Connection.Execute(InsertSql, new { agentId, sessionId, project = call.Project, branch = call.Branch, host = call.Host, policy = call.Policy?.Digest, now = now.ToUnixTimeMilliseconds() });
            return write.Connection.QuerySingle<Row>(FindSql, key);
        });
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
