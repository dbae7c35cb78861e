using System.Globalization;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>Shows one trace to a person: what was asked, what was decided and by which rules, and how it ended.</summary>
internal static class TraceText
{
    private const int LabelWidth = 11;

    public static void Write(CliContext context, TraceReport report)
    {
        // Traces are made by hooks: that two agents use the same one does not make it one call.
        var first = true;
        foreach (var agent in report.Events.GroupBy(e => e.AgentId))
        {
            if (!first) context.Output.WriteLine();
            first = false;
            Line(context, "Trace", report.TraceId);
            var about = agent.First();
            Line(context, "Agent", Join($"{about.AgentName} (id {about.AgentId})", Named("owner", about.Owner), Named("hook", about.HookVersion), Named("client", about.ClientVersion), Named("calls itself", about.AgentLabel)));
            foreach (var e in agent)
            {
                if (e.Kind is AuditKinds.Decision or AuditKinds.HookDenied) WriteDecision(context, e);
                else WriteOutcome(context, e);
            }
        }

        if (report.MoreRefused) Line(context, "", "More outcomes were refused; `guard audit query --trace` lists them.");
    }

    private static void WriteDecision(CliContext context, AuditEvent e)
    {
        Line(context, "Call", Join(e.Tool, Named("client", e.Client), Named("event", e.ClientEvent), Named("session", e.SessionId), Named("tool use", e.ToolUseId)));
        if (e.SubagentType is not null || e.SubagentId is not null) Line(context, "Subagent", Join(e.SubagentType, Named("id", e.SubagentId)));
        if (e.Cwd is { } cwd) Line(context, "Folder", cwd);
        if (e.Workspace is { } workspace) Line(context, "Workspace", workspace.Real is { } real && real != workspace.Written ? $"{workspace.Written} (really {real})" : workspace.Written);
        Line(context, "Decided", Join(Time(e), e.Effect + (e.Granted == true ? ", granted" : ""), Answer(e), Decider(e)));
        if (e.Spooled is { } spooled) Line(context, "Reported", string.Create(CultureInfo.InvariantCulture, $"later, by the hook; it happened at {spooled.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC by its clock"));
        if (e.Reason is { } reason) Line(context, "Reason", reason);
        if (e.Bundle is { } bundle) Line(context, "Bundle", bundle);
        List(context, "Accesses", (e.Accesses ?? []).Select((access, i) => $"{i}  {access.Action}  {access.Resource}{Notes(access)}"));
        List(context, "Matched", (e.Matched ?? []).Select(m => $"{m.Policy}/{m.Rule}  {m.Effect}{(m.OnTrial ? " (on trial, not in force)" : "")}  access {m.Access}"), "no rule");
        List(context, "Errors", e.Errors ?? []);
        List(context, "Erased", e.Erased ?? []);
    }

    private static void WriteOutcome(CliContext context, AuditEvent e)
    {
        var outcome = e.Outcome;
        var result = outcome?.DurationMs is { } duration ? string.Create(CultureInfo.InvariantCulture, $"{outcome.Result} after {duration} ms") : outcome?.Result;
        Line(
            context,
            e.Kind == AuditKinds.Outcome ? "Outcome" : "Refused",
            Join(Time(e), result, Named("exit code", outcome?.ExitCode?.ToString(CultureInfo.InvariantCulture)), outcome?.OutputBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes of output") : null, e.Reason));
        if (outcome?.OutputDigest is { } digest) Line(context, "Output", digest);
    }

    private static string? Answer(AuditEvent e) => e.Answer == e.Effect ? null : $"answered {e.Answer}{(e.Mode == Modes.Audit ? " (recorded only)" : "")}";

    private static string Decider(AuditEvent e) => (e.Policy, e.Rule) switch
    {
        ({ } policy, { } rule) => $"by {policy}/{rule}",
        ({ } policy, null) => $"by {policy}",
        _ => e.Kind == AuditKinds.HookDenied ? "by the hook itself" : "by no rule",
    };

    private static string Notes(Access access)
    {
        var notes = Join(
            access.Primary ? "primary" : null,
            access.Inert ? "inert" : null,
            access.Subtree ? "with everything below" : null,
            access.Unknown ? "unknown" : null,
            access.Real is { } real && real != access.Resource ? $"really {real}" : null,
            access.Canonical is { } canonical && canonical != access.Resource ? $"runs {canonical}" : null,
            access.Why);
        return notes.Length == 0 ? "" : $"  ({notes})";
    }

    private static void List(CliContext context, string label, IEnumerable<string> entries, string? none = null)
    {
        var any = false;
        foreach (var entry in entries)
        {
            Line(context, any ? "" : label, entry);
            any = true;
        }

        if (!any && none is not null) Line(context, label, none);
    }

    private static string Time(AuditEvent e) => e.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture);

    private static string? Named(string name, string? value) => value is null ? null : $"{name} {value}";

    private static string Join(params string?[] parts) => string.Join(", ", parts.OfType<string>());

    private static void Line(CliContext context, string label, string text) => context.WriteLine(label.PadRight(LabelWidth) + text);
}
