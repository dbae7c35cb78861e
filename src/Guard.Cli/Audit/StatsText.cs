using System.Globalization;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>Shows statistics to a person: a table per question, and a bar of 24 hours per day.</summary>
internal static class StatsText
{
    private const string Levels = "▁▂▃▄▅▆▇█";
    private const char None = '·';

    public static void Write(CliContext context, AuditStats stats)
    {
        context.WriteLine($"{Minute(stats.From)} to {Minute(stats.To)} UTC: {Count(stats.Decisions, "decision")}{(stats.NotEnforced > 0 ? $", {Number(stats.NotEnforced)} of them not enforced (audit mode)" : "")}");
        if (stats.HookDenied > 0) context.WriteLine($"{Count(stats.HookDenied, "call")} denied by hooks because no gateway decided (guard audit query --kind hook-denied)");
        if (stats.SequenceGaps > 0) context.WriteLine($"{Count(stats.SequenceGaps, "gap")} in the numbers of hooks' requests: some never arrived (guard audit query --kind sequence-gap)");
        if (stats.Decisions == 0) return;

        Table(context, ["DECISIONS", "EFFECT"], stats.Effects.Select(e => (IReadOnlyList<Cell>)[Number(e.Decisions), new Cell(e.Effect, EffectColors.Of(e.Effect))]));
        Table(context, ["DECISIONS", "DENIED", "AGENT"], stats.Agents.Select(a => (IReadOnlyList<Cell>)[Number(a.Decisions), Number(a.Denied), a.Name]));
        Table(context, ["DECISIONS", "DENIED", "TOOL"], stats.Tools.Select(t => (IReadOnlyList<Cell>)[Number(t.Decisions), Number(t.Denied), t.Tool]));
        if (stats.DenialsPerHour.Count == 0) return;

        Table(context, ["DENIED", "BY RULE"], stats.DeniedRules.Select(r => (IReadOnlyList<Cell>)[Number(r.Denied), r.Policy is null ? "(no rule)" : r.Rule is null ? r.Policy : $"{r.Policy}/{r.Rule}"]));
        Table(context, ["DENIED", "ACTION", "RESOURCE"], stats.DeniedResources.Select(r => (IReadOnlyList<Cell>)[Number(r.Denied), r.Action, r.Resource]));
        var most = stats.DenialsPerHour.Max(h => h.Denied);
        context.Output.WriteLine();
        context.WriteLine($"DENIALS PER HOUR OF THE DAY (UTC), at most {Number(most)} in one");
        foreach (var day in stats.DenialsPerHour.GroupBy(h => h.Hour.UtcDateTime.Date))
            context.WriteLine($"{day.Key:yyyy-MM-dd}  {Bar(day, most)}  {Number(day.Sum(h => h.Denied))}");
    }

    private static string Bar(IEnumerable<HourCount> hours, long most)
    {
        var bar = new string(None, 24).ToCharArray();
        foreach (var hour in hours)
            bar[hour.Hour.UtcDateTime.Hour] = Levels[(int)(((hour.Denied * Levels.Length) - 1) / most)];
        return new string(bar);
    }

    private static void Table(CliContext context, IEnumerable<string> columns, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        context.Output.WriteLine();
        context.WriteTable([.. columns.Select(name => new Column(name))], rows);
    }

    private static string Count(long number, string what) => number == 1 ? $"1 {what}" : $"{Number(number)} {what}s";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
