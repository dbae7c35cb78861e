using System.Text.Json;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>Whole events, one per line: as one array, or each a document of its own. All of it is ASCII.</summary>
internal sealed class JsonExport(bool asArray) : IExportFormat
{
    public void Begin(TextWriter writer)
    {
        if (asArray) writer.Write('[');
    }

    public void Write(TextWriter writer, AuditEvent e, bool first)
    {
        if (asArray) writer.Write(first ? "\n" : ",\n");
        writer.Write(JsonSerializer.Serialize(e, ProtocolJson.Default.AuditEvent));
        if (!asArray) writer.Write('\n');
    }

    public void End(TextWriter writer)
    {
        if (asArray) writer.Write("\n]\n");
    }
}
