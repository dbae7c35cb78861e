using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>How events are written one after the other, without any of them being kept.</summary>
internal interface IExportFormat
{
    /// <summary>Before the first event.</summary>
    void Begin(TextWriter writer);

    void Write(TextWriter writer, AuditEvent e, bool first);

    /// <summary>After the last event.</summary>
    void End(TextWriter writer);
}
