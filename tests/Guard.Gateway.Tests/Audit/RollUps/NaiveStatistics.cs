using Guard.Gateway.Audit;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit.RollUps;

/// <summary>Statistics as whoever reads the whole record would count them.</summary>
internal static class NaiveStatistics
{
    public static IReadOnlyList<AuditEvent> Events(IDatabase database)
    {
        var reader = new AuditReader(database);
        var events = new List<AuditEvent>();
        for (long? before = null; ;)
        {
            var page = reader.Page(new AuditQuery { Limit = AuditQuery.MaxLimit, Before = before });
            events.AddRange(page.Events);
            if ((before = page.NextBefore) is null)
            {
                return events;
            }
        }
    }

    public static AuditStats Of(IEnumerable<AuditEvent> record, long from, long to)
    {
        var events = record.Where(e => e.Time.ToUnixTimeMilliseconds() >= from && e.Time.ToUnixTimeMilliseconds() < to).ToList();
        var decisions = events.Where(static e => e.Kind == AuditKinds.Decision).ToList();
        var denials = decisions.Where(static e => e.Effect == Effects.Deny).ToList();
        return new AuditStats
        {
            From = DateTimeOffset.FromUnixTimeMilliseconds(from),
            To = DateTimeOffset.FromUnixTimeMilliseconds(to),
            Decisions = decisions.Count,
            NotEnforced = decisions.Count(static e => e.Effect != Effects.Allow && e.Answer == Effects.Allow),
            HookDenied = events.Count(static e => e.Kind == AuditKinds.HookDenied),
            SequenceGaps = events.Count(static e => e.Kind == AuditKinds.SequenceGap),
            Effects = [.. decisions.GroupBy(static e => e.Effect!).Select(static g => new EffectCount { Effect = g.Key, Decisions = g.Count() })],
            Agents = [.. decisions.GroupBy(static e => (e.AgentId, e.AgentName)).Select(static g => new AgentCount { Id = g.Key.AgentId ?? "", Name = g.Key.AgentName ?? "", Decisions = g.Count(), Denied = g.Count(static e => e.Effect == Effects.Deny) })],
            Tools = [.. decisions.GroupBy(static e => e.Tool).Select(static g => new ToolCount { Tool = g.Key ?? "", Decisions = g.Count(), Denied = g.Count(static e => e.Effect == Effects.Deny) })],
            DeniedRules = [.. denials.GroupBy(static e => (e.Policy, e.Rule)).Select(static g => new RuleCount { Policy = g.Key.Policy, Rule = g.Key.Rule, Denied = g.Count() })],
            DeniedResources = [.. denials.GroupBy(static e => (e.Action, e.Resource)).Select(static g => new ResourceCount { Action = g.Key.Action ?? "", Resource = g.Key.Resource ?? "", Denied = g.Count() })],
            DenialsPerHour = [.. denials.GroupBy(static e => new DateTimeOffset(e.Time.Year, e.Time.Month, e.Time.Day, e.Time.Hour, 0, 0, TimeSpan.Zero)).OrderBy(static g => g.Key).Select(static g => new HourCount { Hour = g.Key, Denied = g.Count() })],
        };
    }

    /// <summary>The lists that are cut hold what is most frequent, and nothing that is counted otherwise.</summary>
    public static void ShouldBe(this AuditStats stats, AuditStats naive)
    {
        (stats.From, stats.To, stats.Decisions, stats.NotEnforced, stats.HookDenied, stats.SequenceGaps).Should().Be((naive.From, naive.To, naive.Decisions, naive.NotEnforced, naive.HookDenied, naive.SequenceGaps));
        Check(stats.Effects, naive.Effects, 100, static e => e.Decisions);
        Check(stats.Agents, naive.Agents, 20, static a => a.Decisions);
        Check(stats.Tools, naive.Tools, 20, static t => t.Decisions);
        Check(stats.DeniedRules, naive.DeniedRules, 10, static r => r.Denied);
        Check(stats.DeniedResources, naive.DeniedResources, 10, static r => r.Denied);
        stats.DenialsPerHour.Should().Equal(naive.DenialsPerHour);
    }

    private static void Check<T>(IReadOnlyList<T> list, IReadOnlyList<T> all, int limit, Func<T, long> count)
    {
        list.Select(count).Should().Equal(all.Select(count).OrderDescending().Take(limit));
        list.Should().OnlyHaveUniqueItems().And.BeSubsetOf(all);
    }
}
