using System.Globalization;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>
/// RFC 4180, one line per event. What agents wrote cannot become a formula when a spreadsheet opens it, nor a line or a
/// control character: a cell that begins like a formula gets an apostrophe before it, control characters become escapes.
/// </summary>
internal sealed class CsvExport : IExportFormat
{
    private const string LineEnd = "\r\n";

    // The full-width forms too: some spreadsheets take them for the plain ones.
    private const string FormulaStarts = "=+-@\t\r\n＝＋－＠";

    private static readonly (string Name, Func<AuditEvent, string?> Value)[] Columns =
    [
        ("position", static e => Number(e.Position)),
        ("time", static e => AuditTime.ToWire(e.Time)),
        ("kind", static e => Text(e.Kind)),
        ("organisation", static e => Text(e.Organisation)),
        ("owner", static e => Text(e.Owner)),
        ("agent", static e => Text(e.AgentName)),
        ("agent_id", static e => Text(e.AgentId)),
        ("session", static e => Text(e.SessionId)),
        ("trace", static e => Text(e.TraceId)),
        ("client", static e => Text(e.Client)),
        ("tool", static e => Text(e.Tool)),
        ("action", static e => Text(e.Action)),
        ("resource", static e => Text(e.Resource)),
        ("effect", static e => Text(e.Effect)),
        ("answer", static e => Text(e.Answer)),
        ("mode", static e => Text(e.Mode)),
        ("policy", static e => Text(e.Policy)),
        ("rule", static e => Text(e.Rule)),
        ("reason", static e => Text(e.Reason)),
        ("outcome", static e => Text(e.Outcome?.Result)),
        ("duration_ms", static e => Number(e.Outcome?.DurationMs)),
        ("exit_code", static e => Number(e.Outcome?.ExitCode)),
        ("operation", static e => Text(e.Change?.Operation)),
        ("target", static e => Text(e.Change?.Target)),
        ("detail", static e => Text(e.Change?.Detail)),
        ("count", static e => Number(e.Count)),
        ("id", static e => Text(e.Id)),
    ];

    public void Begin(TextWriter writer) => Line(writer, Columns.Select(static column => column.Name));

    public void Write(TextWriter writer, AuditEvent e, bool first) => Line(writer, Columns.Select(column => column.Value(e)));

    public void End(TextWriter writer)
    {
        // Each line ends itself.
    }

    /// <summary>A cell of untrusted text.</summary>
    internal static string? Text(string? text)
    {
        if (text is null) return null;
        var begin = text.AsSpan().TrimStart(' ');
        var apostrophe = begin.Length > 0 && FormulaStarts.Contains(begin[0], StringComparison.Ordinal) ? "'" : "";
        return $"\"{apostrophe}{PlainText.OneLine(text).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static void Line(TextWriter writer, IEnumerable<string?> cells)
    {
        writer.Write(string.Join(',', cells));
        writer.Write(LineEnd);
    }
}
