using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Storage;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>
/// Holds each session to the workspace of its first event. A cache over the store: the pin becomes durable with the event
/// that made it.
/// </summary>
/// <remarks>Thread-safe. Two first events at once: one of them pins, the other is compared with it.</remarks>
internal sealed class SessionPins(IDatabase database, Func<string?>? degraded = null, int capacity = 20_000)
{
    private const string FindSql = """
        SELECT workspace_written AS Written, workspace_real AS Real FROM session WHERE agent_id = @agentId AND session_id = @sessionId
        """;

    private readonly ConcurrentDictionary<(string Agent, string Session), PinnedSession> _pinned = new();

    /// <summary>The workspace a request may use. Without a session there is nothing to pin, and what is stated holds.</summary>
    public PinnedWorkspace Resolve(string agentId, string? sessionId, Place? stated, DateTimeOffset now)
    {
        if (sessionId is null)
        {
            return new PinnedWorkspace(Fact(stated), null);
        }

        Trim();
        var session = Find((agentId, sessionId), stated, now);
        var fact = stated is null || session.Allows(stated) ? Fact(stated) : new WorkspaceFact { Problem = WorkspaceProblem.ChangedInSession };
        return new PinnedWorkspace(fact, session);
    }

    /// <summary>
    /// The event that would have pinned was not stored, so the session has no first event yet. Without this, sessions that
    /// nobody recorded would fill the memory while the store is down.
    /// </summary>
    public void Forget(PinnedSession session)
    {
        if (session.Unsaved is { } pin)
        {
            _pinned.TryRemove(KeyValuePair.Create((pin.AgentId, pin.SessionId), session));
        }
    }

    private PinnedSession Find((string Agent, string Session) key, Place? stated, DateTimeOffset now)
    {
        PinnedSession? meanwhile = null;
        try
        {
            return _pinned.GetOrAdd(key, missing => Load(missing, stated, now));
        }
        catch (DbException) when (_pinned.TryGetValue(key, out meanwhile))
        {
            // Of two first calls at once the other has read it, before the store went away.
            return meanwhile;
        }
    }

    private static WorkspaceFact Fact(Place? stated) =>
        stated is null ? WorkspaceFact.NotStated : new WorkspaceFact { Folder = new FolderSpelling(stated.Written, stated.Real) };

    private PinnedSession Load((string Agent, string Session) key, Place? stated, DateTimeOffset now)
    {
        if (degraded?.Invoke() is { } reason)
        {
            throw new SessionUnknownException($"the session is not known to this gateway, and the store does not say what it stated first ({reason})");
        }

        using var connection = database.Connect();
        var stored = connection.QuerySingleOrDefault<Row>(FindSql, new { agentId = key.Agent, sessionId = key.Session });
        return stored is not null
            ? new PinnedSession(new SessionPin(key.Agent, key.Session, stored.Written, stored.Real, now), durable: true)
            : new PinnedSession(new SessionPin(key.Agent, key.Session, stated?.Written, stated?.Real, now), durable: false);
    }

    // Durable pins can be read again, so forgetting them is safe; the others are kept.
    private void Trim()
    {
        if (_pinned.Count <= capacity)
        {
            return;
        }

        foreach (var (key, session) in _pinned)
        {
            if (session.Unsaved is null)
            {
                _pinned.TryRemove(key, out _);
            }
        }
    }

    private sealed record Row
    {
        public string? Written { get; init; }
        public string? Real { get; init; }
    }
}

/// <summary>What a request may use as workspace, and the session it belongs to.</summary>
internal readonly record struct PinnedWorkspace(WorkspaceFact Fact, PinnedSession? Session);

/// <summary>A session's pin.</summary>
internal sealed class PinnedSession(SessionPin pin, bool durable)
{
    // Written once, by whichever event of the session is committed first.
    private volatile bool _durable = durable;

    /// <summary>To be stored with the next event; null: it is.</summary>
    public SessionPin? Unsaved => _durable ? null : pin;

    public void MarkDurable() => _durable = true;

    public bool Allows(Place stated) =>
        string.Equals(stated.Written, pin.WorkspaceWritten, StringComparison.Ordinal)
        && string.Equals(stated.Real, pin.WorkspaceReal, StringComparison.Ordinal);
}

/// <summary>Which workspace a session pinned cannot be found out now.</summary>
internal sealed class SessionUnknownException(string message) : Exception(message);
