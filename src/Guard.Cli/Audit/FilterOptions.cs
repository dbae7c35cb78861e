using System.CommandLine;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>The options that choose events, the same in every command that lists them.</summary>
internal sealed class FilterOptions
{
    private readonly CliContext _context;
    private readonly Option<string?> _agent = Filter("--agent", "NAME", "By this agent (name or id)");
    private readonly Option<string?> _action = Filter("--action", "ACTION", "Of this action, such as read:file");
    private readonly Option<string?> _decision = Filter("--decision", "EFFECT", "Decided so: allow, ask, approve or deny");
    private readonly Option<string?> _tool = Filter("--tool", "NAME", "Of this tool, such as Bash");
    private readonly Option<string?> _session = Filter("--session", "ID", "Of this session of the client");
    private readonly Option<string?> _policy = Filter("--policy", "NAME", "Decided by this policy");
    private readonly Option<string?> _rule = Filter("--rule", "ID", "Decided by this rule");
    private readonly Option<string?> _trace = Filter("--trace", "ID", "Of this trace: a decision and its outcome");
    private readonly Option<DateTimeOffset?> _from;
    private readonly Option<DateTimeOffset?> _to;

    public FilterOptions(CliContext context)
    {
        _context = context;
        _decision.AcceptOnlyFromAmong(Effects.Allow, Effects.Ask, Effects.Approve, Effects.Deny);
        _from = Time("--from", "Of this time and later: 2026-03-01, 2026-03-01T09:30Z (UTC without an offset), or a span back such as 90m, 24h, 7d");
        _to = Time("--to", "Before this time, stated likewise");
    }

    private Option[] All => [_agent, _action, _decision, _tool, _session, _policy, _rule, _trace, _from, _to];

    /// <summary>Whether the command line has any of them.</summary>
    public bool IsStated(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is not null);

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var stated = result.GetResult(_from) is { } from && result.GetResult(_to) is { } to && !from.Errors.Any() && !to.Errors.Any();
            if (stated && result.GetValue(_from) >= result.GetValue(_to))
                result.AddError("--from must be before --to");
        });
    }

    public AuditFilter Of(ParseResult parsed) => new()
    {
        Agent = parsed.GetValue(_agent),
        Action = parsed.GetValue(_action),
        Decision = parsed.GetValue(_decision),
        Tool = parsed.GetValue(_tool),
        Session = parsed.GetValue(_session),
        Policy = parsed.GetValue(_policy),
        Rule = parsed.GetValue(_rule),
        Trace = parsed.GetValue(_trace),
        From = parsed.GetValue(_from),
        To = parsed.GetValue(_to),
    };

    private static Option<string?> Filter(string name, string value, string description) => new(name) { HelpName = value, Description = description };

    private Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (AuditTime.TryParse(text, _context.Time.GetUtcNow(), out var time)) return time;
            result.AddError($"{name} '{text}' is no time: state a date or an instant such as 2026-03-01T09:30Z, or a span back such as 90m, 24h or 7d");
            return null;
        },
    };
}
