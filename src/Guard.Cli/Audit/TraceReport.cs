using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>Everything the record says of one trace, oldest first.</summary>
internal sealed record TraceReport
{
    public required string TraceId { get; init; }
    public required IReadOnlyList<AuditEvent> Events { get; init; }

    /// <summary>More outcomes of this trace were refused than are listed here.</summary>
    public required bool MoreRefused { get; init; }
}
