using System.Data.Common;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>
/// Counts the decisions of a time: what whole hours, days and months say of it, and one by one the events at its edges and those
/// that were recorded since the last roll-up. So it is exact at any moment.
/// </summary>
internal sealed class AuditStatistics(IDatabase database, RollUpStore rollUps)
{
    private const int Busiest = 20;
    private const int DeniedMost = 10;

    // More than there are kinds or effects.
    private const int All = 100;

    private static readonly string s_denied = RollUpSubject.Of(Effects.Deny);

    /// <param name="from">Inclusive, in milliseconds since 1970-01-01 UTC.</param>
    /// <param name="to">Exclusive, likewise.</param>
    public AuditStats Of(long from, long to) => database.Read(connection =>
    {
        var state = RollUpStore.State(connection) ?? RollUpState.Nothing;
        if (!RollUpStore.IsWhole(connection, state))
        {
            // They are being made again.
            state = RollUpState.Nothing;
        }

        var span = RollUpSpan.Of(from, to, state.Earliest, state.Latest);
        var single = new RollUpCells();
        single.Add(rollUps.Behind(connection, state.Position, from, to));
        foreach (var (begin, end) in span.Edges)
        {
            single.Add(rollUps.UpTo(connection, state.Position, begin, end));
        }

        var tops = rollUps.Tops(connection, span.Stretches, single, All);
        var effects = tops[RollUpDimensions.Effect].ToList();
        var kinds = tops[RollUpDimensions.Kind].ToList();
        return new AuditStats
        {
            HookDenied = Number(kinds, RollUpSubject.Of(AuditKinds.HookDenied)),
            SequenceGaps = Number(kinds, RollUpSubject.Of(AuditKinds.SequenceGap)),
            From = DateTimeOffset.FromUnixTimeMilliseconds(from),
            To = DateTimeOffset.FromUnixTimeMilliseconds(to),
            Decisions = effects.Sum(static effect => effect.Count),
            NotEnforced = Number(tops[RollUpDimensions.NotEnforced], RollUpSubject.Of()),
            Effects = [.. effects.Select(static effect => new EffectCount { Effect = Part(effect, 0) ?? "", Decisions = effect.Count })],
            Agents = [.. tops[RollUpDimensions.Agent].Take(Busiest).Select(static agent => new AgentCount { Id = Part(agent, 0) ?? "", Name = Part(agent, 1) ?? "", Decisions = agent.Count, Denied = agent.Denied })],
            Tools = [.. tops[RollUpDimensions.Tool].Take(Busiest).Select(static tool => new ToolCount { Tool = Part(tool, 0) ?? "", Decisions = tool.Count, Denied = tool.Denied })],
            DeniedRules = [.. tops[RollUpDimensions.Rule].Take(DeniedMost).Select(static rule => new RuleCount { Policy = Part(rule, 0), Rule = Part(rule, 1), Denied = rule.Count })],
            DeniedResources = [.. rollUps.Top(connection, RollUpDimensions.Resource, span.Stretches, single, DeniedMost).Select(static resource => new ResourceCount { Action = Part(resource, 0) ?? "", Resource = Part(resource, 1) ?? "", Denied = resource.Count })],
            DenialsPerHour = Denials(connection, span, single),
        };
    });

    private static IReadOnlyList<HourCount> Denials(DbConnection connection, RollUpSpan span, RollUpCells single) =>
    [
        .. RollUpStore.Hours(connection, RollUpDimensions.Effect, s_denied, span.Stretches[0].From, span.Stretches[^1].To)
            .Concat(single.Hours(RollUpDimensions.Effect).Where(static hour => hour.Subject == s_denied).Select(static hour => (hour.Hour, hour.Count.Count)))
            .GroupBy(static hour => hour.Hour)
            .OrderBy(static hour => hour.Key)
            .Select(static hour => new HourCount { Hour = DateTimeOffset.FromUnixTimeMilliseconds(hour.Key), Denied = hour.Sum(static part => part.Count) }),
    ];

    private static long Number(IEnumerable<SubjectCount> counts, string subject) => counts.FirstOrDefault(count => count.Subject == subject)?.Count ?? 0;

    private static string? Part(SubjectCount count, int index) => RollUpSubject.Parts(count.Subject)[index];
}
