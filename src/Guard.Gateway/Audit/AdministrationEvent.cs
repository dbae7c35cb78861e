using Guard.Gateway.Audit.Redaction;
using Guard.Gateway.Storage;
using Guard.Protocol;
using Guard.Redaction;

namespace Guard.Gateway.Audit;

/// <summary>The audit event of an administrative change; it stands in the transaction of the change itself.</summary>
internal static class AdministrationEvent
{
    // Somebody pastes a key where a name belongs.
    private static readonly EventRedactor s_redactor = new(new Redactor());

    public static AuditEvent Of(string organisation, DateTimeOffset now, string actor, string operation, string target, string? detail = null) => s_redactor.Redact(
        new AuditEvent
        {
            Id = Ids.New(now),
            Time = now,
            Kind = AuditKinds.Administration,
            Organisation = organisation,
            Owner = actor,
            Change = new AuditChange { Actor = actor, Operation = operation, Target = target, Detail = detail },
        },
        []);
}
