using System.Text.Json;
using Guard.Gateway.Hosting;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>An event ready to be stored: serialised by the request that made it, so that the one writer only writes.</summary>
internal sealed record AuditRecord
{
    private AuditRecord(AuditEvent auditEvent, SessionPin? pin)
    {
        Event = auditEvent;
        Pin = pin;
        Body = JsonSerializer.Serialize(auditEvent, GatewayJson.Context.AuditEvent);
    }

    public AuditEvent Event { get; }

    /// <summary>The whole event as JSON; its position is only known to the store.</summary>
    public string Body { get; }

    /// <summary>The workspace this event pins for its session; null: the session is pinned already, or there is none.</summary>
    public SessionPin? Pin { get; }

    public static AuditRecord Of(AuditEvent auditEvent, SessionPin? pin = null) => new(auditEvent, pin);
}

/// <summary>The workspace of a session, as its first event stated it. Both null: it stated none.</summary>
internal sealed record SessionPin(string AgentId, string SessionId, string? WorkspaceWritten, string? WorkspaceReal, DateTimeOffset PinnedAt);

/// <summary>What became of one record of a group.</summary>
internal enum AppendResult
{
    Appended,

    /// <summary>The agent has used this trace before (decision), or the trace has its outcome (outcome): nothing was stored.</summary>
    Duplicate,
}
