using System.Text.Json.Nodes;
using Guard.Cli.Terminal;
using Guard.Protocol;
using Spectre.Console;

namespace Guard.Cli.Policies;

/// <summary>Shows a trial: decision, deciding rule and reason, and on request why each rule did or did not match.</summary>
internal static class TrialOutput
{
    private const int MostShownAccesses = 3;

    public static void Write(CliContext context, TrialReport report, string workspace, bool verbose)
    {
        WriteEffect(context, report);
        var accesses = report.Accesses.Where(a => !a.Inert || a.Primary).ToList();
        Line("agent", report.Agent);
        foreach (var access in accesses.Take(MostShownAccesses)) Line(access == accesses[0] ? "access" : "", $"{access.Action} {access.Resource}");
        if (accesses.Count > MostShownAccesses) Line("", $"and {accesses.Count - MostShownAccesses} more");
        Line("rule", report.Policy is null ? "none" : report.Rule is null ? report.Policy : $"{report.Policy}/{report.Rule}");
        Line("reason", report.Reason);
        foreach (var match in report.Matched.Where(m => m.OnTrial)) Line("on trial", $"{match.Policy}/{match.Rule} would {match.Effect}");
        if (report is { Policy: null, Effect: Effects.Deny, Accesses: [var only] }) WriteMissingRule(context, only, workspace);
        if (verbose) WriteTrace(context, report);

        void Line(string name, string text) => context.WriteLine($"{name,-10}{text}");
    }

    private static void WriteEffect(CliContext context, TrialReport report)
    {
        var text = report.Granted ? report.Effect + " (the client does not ask either)" : report.Effect;
        context.Output.Write("decision  ");
        context.CreateConsole().Write(new Text(text, new Style(EffectColors.Of(report.Effect), decoration: Decoration.Bold)));
        context.Output.WriteLine();
    }

    // JSON texts are YAML texts too, whatever the resource holds.
    private static void WriteMissingRule(CliContext context, Access access, string workspace)
    {
        var isFile = access.Action.EndsWith(":file", StringComparison.Ordinal);
        var resource = isFile && access.Resource.StartsWith(workspace + "/", StringComparison.Ordinal) ? "." + access.Resource[workspace.Length..] : access.Resource;
        context.WriteLine("This rule, in a policy that applies to the agent, would allow it:");
        context.WriteLine("  - effect: allow");
        context.WriteLine($"    actions: [{Quote(access.Action)}]");
        context.WriteLine($"    conditions: {{ resource: {{ equals: {Quote(resource)} }} }}");

        static string Quote(string text) => JsonValue.Create(text).ToJsonString();
    }

    private static void WriteTrace(CliContext context, TrialReport report)
    {
        if (report.Trace is not { Count: > 0 } trace)
        {
            context.WriteLine("trace     no policy applies to this agent");
            return;
        }

        foreach (var group in trace.GroupBy(t => t.Access).OrderBy(g => g.Key))
        {
            var access = group.Key < report.Accesses.Count ? report.Accesses[group.Key] : null;
            context.WriteLine("");
            context.WriteLine(access is null ? $"access {group.Key}" : $"{access.Action} {access.Resource}{Marks(access)}");
            foreach (var tried in group)
                context.WriteLine($"  {(tried.Matched ? "match" : "-    ")}  {tried.Policy}/{tried.Rule} ({tried.Effect}): {tried.Because}");
        }
    }

    private static string Marks(Access access)
    {
        string?[] marks =
        [
            access.Real is { } real && real != access.Resource ? $"really {real}" : null,
            access.Inert ? "needs no allow" : null,
            access.Subtree ? "and all below" : null,
            access.Why,
        ];
        var stated = marks.OfType<string>().ToList();
        return stated.Count == 0 ? "" : $"  [{string.Join(", ", stated)}]";
    }
}
