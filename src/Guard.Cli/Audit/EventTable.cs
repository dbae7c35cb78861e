using System.Globalization;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>
/// Shows audit events, one line each, in columns that do not move while a tail goes on. On a terminal a line is as wide as
/// the terminal, and what does not fit is shortened; in a pipe nothing is: there a column grows with what it has to hold.
/// </summary>
internal sealed class EventTable
{
    /// <summary>From this width on there is room for the whole time and for policy and rule.</summary>
    private const int WideEnough = 120;
    private const int Gap = 2;
    private const int DecisionWidth = 9;
    private const int LeastResourceWidth = 13;
    private const int PipedResourceWidth = 40;
    private const int ResourceColumn = 4;

    private readonly CliContext _context;
    private readonly bool _isWide;
    private readonly int _resourceWidth;
    private readonly IReadOnlyList<Column> _columns;
    private readonly int[] _pipedWidths;

    public EventTable(CliContext context)
    {
        _context = context;
        _isWide = !context.IsTerminal || context.Width >= WideEnough;
        var (time, agent, action, rule) = _isWide ? (19, 16, 16, 28) : (14, 9, 13, 12);
        var others = time + agent + DecisionWidth + action + rule + (5 * Gap);
        _resourceWidth = context.IsTerminal ? Math.Max(LeastResourceWidth, context.Width - others) : PipedResourceWidth;
        _columns =
        [
            new Column("TIME (UTC)", time), new Column("AGENT", agent), new Column("DECISION", DecisionWidth),
            new Column("ACTION", action), new Column("RESOURCE", _resourceWidth), new Column("RULE", rule),
        ];
        _pipedWidths = [.. _columns.Select(static column => column.Width!.Value)];
    }

    public void Write(IReadOnlyList<AuditEvent> events, bool withHeader)
    {
        if (_context.IsTerminal)
        {
            if (events.Count > 0 || withHeader) _context.WriteTable(_columns, events.Select(Row), withHeader);
            return;
        }

        var rows = events.Select(e => Row(e).Select(static cell => PlainText.OneLine(cell.Text)).ToList()).ToList();
        foreach (var row in rows)
        {
            // Not with resources, which can be whole scripts.
            for (var i = 0; i < ResourceColumn; i++) _pipedWidths[i] = Math.Max(_pipedWidths[i], row[i].Length);
        }

        if (withHeader) WritePiped(_columns.Select(static column => column.Name));
        foreach (var row in rows) WritePiped(row);
    }

    private void WritePiped(IEnumerable<string> cells) =>
        _context.Output.WriteLine(string.Join("  ", cells.Zip(_pipedWidths, static (cell, width) => cell.PadRight(width))).TrimEnd());

    private IReadOnlyList<Cell> Row(AuditEvent e) =>
    [
        e.Time.UtcDateTime.ToString(_isWide ? "yyyy-MM-dd HH:mm:ss" : "MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        e.AgentName ?? e.Change?.Actor ?? "",
        Outcome(e),
        e.Action ?? e.Change?.Operation ?? e.Kind,
        Resource(e),
        Rule(e),
    ];

    private static Cell Outcome(AuditEvent e) => e.Kind switch
    {
        // An audit-mode event shows what policy decided and that it was not enforced.
        AuditKinds.Decision => new Cell(e.Answer == Effects.Allow && e.Effect != Effects.Allow ? $"({e.Effect})" : e.Effect ?? "", EffectColors.Of(e.Effect)),
        AuditKinds.Outcome => e.Outcome?.Result ?? "",
        AuditKinds.Administration => "changed",
        AuditKinds.HookDenied => new Cell("deny", EffectColors.Of(Effects.Deny)),
        AuditKinds.SequenceGap => new Cell("missing", EffectColors.Of(Effects.Deny)),
        _ => new Cell("refused", EffectColors.Of(Effects.Deny)),
    };

    private string Resource(AuditEvent e) => e.Kind switch
    {
        AuditKinds.Administration => e.Change is { } change ? change.Detail is null ? change.Target : $"{change.Target}: {change.Detail}" : "",
        AuditKinds.Outcome => string.Join(", ", new[]
        {
            e.Tool,
            e.Outcome?.ExitCode is { } code ? $"exit code {code}" : null,
            e.Outcome?.DurationMs is { } duration ? $"{duration} ms" : null,
        }.OfType<string>()),
        _ when e.Resource is { } path && path.StartsWith('/') && e.Action?.EndsWith(":file", StringComparison.Ordinal) == true => Path(path),
        _ => e.Resource ?? e.Reason ?? "",
    };

    // The end of a path says more than its beginning.
    private string Path(string path)
    {
        var shown = PlainText.OneLine(path);
        return _context.IsTerminal && shown.Length > _resourceWidth ? $"…{shown[^(_resourceWidth - 1)..]}" : path;
    }

    private string Rule(AuditEvent e) => (e.Policy, e.Rule) switch
    {
        ({ } policy, { } rule) => _isWide ? $"{policy}/{rule}" : rule,
        ({ } policy, null) => policy,
        _ when e.Kind == AuditKinds.Decision => "(no rule)",
        _ when e.Kind == AuditKinds.HookDenied => "(hook)",
        _ => "",
    };
}
