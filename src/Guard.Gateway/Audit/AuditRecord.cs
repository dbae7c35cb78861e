using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Proof.Leaves;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>An event ready to be stored: serialised and committed to by the request that made it, so that the one writer only writes.</summary>
internal sealed record AuditRecord
{
    private AuditRecord(AuditEvent auditEvent, int retention, SessionPin? pin, Basis? basis)
    {
        Event = ExactNumbers.Of(auditEvent);
        Pin = pin;
        Basis = basis;
        var body = JsonSerializer.SerializeToUtf8Bytes(Event, GatewayJson.Context.AuditEvent);
        Body = Encoding.UTF8.GetString(body);
        Salt = RandomNumberGenerator.GetBytes(EventLeaf.SaltLength);
        Leaf = EventLeaf.Commit(Guid.Parse(Event.Id), body, Salt, retention);
    }

    public AuditEvent Event { get; }

    /// <summary>The whole event as JSON; its position is only known to the store.</summary>
    public string Body { get; }

    /// <summary>Stored with the body and erased with it: without it, nobody can test guesses of the body against the leaf.</summary>
    public byte[] Salt { get; }

    /// <summary>What the log holds of the event for ever; its <see cref="RetentionClass"/> too.</summary>
    public EventLeaf Leaf { get; private init; }

    /// <summary>The workspace this event pins for its session; null: the session is pinned already, or there is none.</summary>
    public SessionPin? Pin { get; }

    /// <summary>What the event was made from. Null: it is stored whatever has changed in between.</summary>
    public Basis? Basis { get; }

    /// <summary>It can have been handed over before: then what is stored stands, and it counts as stored.</summary>
    public bool MayBeStored { get; private init; }

    /// <param name="auditEvent">What happened.</param>
    /// <param name="retention">Its <see cref="RetentionClass"/>.</param>
    /// <param name="pin">See <see cref="Pin"/>.</param>
    /// <param name="basis">See <see cref="Basis"/>.</param>
    /// <exception cref="Guard.Proof.ProofFormatException">The event has no exact canonical form, so it cannot be proven and is not stored.</exception>
    public static AuditRecord Of(AuditEvent auditEvent, int retention, SessionPin? pin = null, Basis? basis = null) =>
        new(auditEvent, retention, pin, basis) { MayBeStored = auditEvent.Spooled is not null };

    /// <summary>An event that was answered before it could be stored: it is stored whatever has changed in between.</summary>
    public static AuditRecord HandedOver(AuditEvent auditEvent, int retention, SessionPin? pin) => new(auditEvent, retention, pin, basis: null) { MayBeStored = true };

    /// <summary>The same event, kept for as long as stated.</summary>
    public AuditRecord Kept(int retention) => retention == Leaf.RetentionDays ? this : this with { Leaf = Leaf with { RetentionDays = retention } };
}

/// <summary>The policies and keys that an event was made from, as generations of the store.</summary>
/// <param name="Policies">Null: no policy was asked.</param>
/// <param name="Keys">Those that the caller's key was found in.</param>
internal sealed record Basis(long? Policies, long Keys)
{
    public bool IsInForce(Generations now) => Keys == now.Keys && (Policies is not { } policies || policies == now.Policies);
}

/// <summary>The workspace of a session, as its first event stated it. Both null: it stated none.</summary>
internal sealed record SessionPin(string AgentId, string SessionId, string? WorkspaceWritten, string? WorkspaceReal, DateTimeOffset PinnedAt);

/// <summary>What became of one record of a group.</summary>
internal enum AppendResult
{
    Appended,

    /// <summary>The agent has used this trace before (decision), or the trace has its outcome (outcome): nothing was stored.</summary>
    Duplicate,

    /// <summary>
    /// Policies, keys or the session's workspace are not those any more that the record was made from: nothing was stored,
    /// and whoever made it has to look again.
    /// </summary>
    Outdated,

    /// <summary>The store refuses what is in it: nothing was stored.</summary>
    Unstorable,
}
