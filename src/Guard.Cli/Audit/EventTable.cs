using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>Shows audit events, one line each, in columns that do not move while a tail goes on.</summary>
internal sealed class EventTable
{
    private const int TimeWidth = 19;
    private const int AgentWidth = 16;
    private const int DecisionWidth = 9;
    private const int ActionWidth = 16;
    private const int RuleWidth = 28;
    private const int Gaps = 6 * 2;
    private const int LeastResourceWidth = 20;

    private readonly CliContext _context;
    private readonly IReadOnlyList<Column> _columns;

    public EventTable(CliContext context)
    {
        _context = context;
        var resource = Math.Max(LeastResourceWidth, context.Width - TimeWidth - AgentWidth - DecisionWidth - ActionWidth - RuleWidth - Gaps);
        _columns =
        [
            new Column("TIME (UTC)", TimeWidth), new Column("AGENT", AgentWidth), new Column("DECISION", DecisionWidth),
            new Column("ACTION", ActionWidth), new Column("RESOURCE", resource), new Column("RULE", RuleWidth),
        ];
    }

    public void Write(IReadOnlyList<AuditEvent> events, bool withHeader)
    {
        if (events.Count > 0 || withHeader)
            _context.WriteTable(_columns, events.Select(Row), withHeader);
    }

    private static IReadOnlyList<Cell> Row(AuditEvent e) =>
    [
        e.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss"),
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
        _ => new Cell("refused", EffectColors.Of(Effects.Deny)),
    };

    private static string Resource(AuditEvent e) => e.Kind switch
    {
        AuditKinds.Administration => e.Change is { } change ? change.Detail is null ? change.Target : $"{change.Target}: {change.Detail}" : "",
        AuditKinds.Outcome => string.Join(", ", new[]
        {
            e.Tool,
            e.Outcome?.ExitCode is { } code ? $"exit code {code}" : null,
            e.Outcome?.DurationMs is { } duration ? $"{duration} ms" : null,
        }.OfType<string>()),
        _ => e.Resource ?? e.Reason ?? "",
    };

    private static string Rule(AuditEvent e) => (e.Policy, e.Rule) switch
    {
        ({ } policy, { } rule) => $"{policy}/{rule}",
        ({ } policy, null) => policy,
        _ when e.Kind == AuditKinds.Decision => "(no rule)",
        _ => "",
    };
}
