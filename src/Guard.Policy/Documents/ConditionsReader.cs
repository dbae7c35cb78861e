using System.Collections.Immutable;
using System.Globalization;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Documents;

/// <summary>What <c>conditions</c> says, checked and compiled. <see cref="Definition"/> holds only what belongs to conditions.</summary>
internal sealed record ConditionsRead(RuleDefinition Definition, ResourceBlock? Resource, CommandTest? Command, TimeSpanOfWeek? Time, ImmutableArray<ContextTest> Context)
{
    public WhenTest? When { get; init; }
}

/// <summary>Reads <c>conditions</c>: <c>resource</c>, <c>command</c>, <c>time</c>, <c>trust</c>, <c>context</c>, <c>when</c>.</summary>
internal static class ConditionsReader
{
    private static readonly ImmutableArray<string> TierNames = ["unverified", "verified", "trusted", "privileged"];
    private static readonly ImmutableArray<string> DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly ImmutableArray<(string Key, ContextFact Fact)> Facts =
    [
        ("permissionMode", ContextFact.PermissionMode), ("project", ContextFact.Project), ("branch", ContextFact.Branch), ("host", ContextFact.Host),
        ("client", ContextFact.Client), ("subagentType", ContextFact.SubagentType), ("sourceAddress", ContextFact.SourceAddress),
    ];

    public static ConditionsRead Read(MappingReader? mapping, ResourceKinds kinds, Effect effect, DiagnosticBag diagnostics)
    {
        var definition = new RuleDefinition { Id = "", Effect = effect, Actions = [] };
        if (mapping is null)
        {
            return new ConditionsRead(definition, null, null, null, []);
        }

        var exact = effect == Effect.Allow;
        var resource = BlockReader.Read(mapping.Mapping("resource"), kinds, exact, diagnostics);
        var command = CommandReader.Read(mapping, kinds, exact, diagnostics);
        var time = ReadTime(mapping.Mapping("time"), diagnostics);
        var trust = ReadTrust(mapping.Mapping("trust"), diagnostics);
        var context = ReadContext(mapping.Mapping("context"), exact, diagnostics);
        var whenNode = mapping.Scalar("when");
        var when = whenNode is null ? null : ExpressionReader.Read(whenNode, RuleVariables.Environment, diagnostics);
        mapping.Finish();
        definition = definition with
        {
            Resource = resource?.Definition,
            Command = command?.Definition,
            Time = time?.Definition,
            TrustAtLeast = trust,
            Context = [.. context.Select(c => c.Definition)],
            When = whenNode?.Text,
        };
        return new ConditionsRead(definition, resource?.Compiled, command, time?.Compiled, [.. context.Select(c => c.Compiled)])
        {
            When = when is null ? null : new WhenTest(when),
        };
    }

    public static TrustTier? Tier(ScalarNode node, ImmutableArray<string> names, DiagnosticBag diagnostics)
    {
        var index = names.IndexOf(node.Text);
        if (index >= 0)
        {
            return (TrustTier)index;
        }

        diagnostics.Error(DiagnosticCodes.UnknownTier, node.At, $"`{Shown.Text(node.Text, 64)}` is no trust tier", Nearest.Remedy(node.Text, names));
        return null;
    }

    private static TrustTier? ReadTrust(MappingReader? mapping, DiagnosticBag diagnostics)
    {
        var node = mapping?.RequiredScalar("atLeast", "trusted");
        mapping?.Finish();
        return node is null ? null : Tier(node, TierNames, diagnostics);
    }

    private static List<(ContextDefinition Definition, ContextTest Compiled)> ReadContext(MappingReader? mapping, bool exact, DiagnosticBag diagnostics)
    {
        var context = new List<(ContextDefinition, ContextTest)>();
        foreach (var (key, fact) in Facts)
        {
            if (BlockReader.Read(mapping?.Mapping(key), ResourceKinds.Text, exact, diagnostics) is { } block)
            {
                context.Add((new ContextDefinition(fact, block.Definition), new ContextTest(fact, block.Compiled)));
            }
        }

        mapping?.Finish();
        return context;
    }

    private static (TimeDefinition Definition, TimeSpanOfWeek Compiled)? ReadTime(MappingReader? mapping, DiagnosticBag diagnostics)
    {
        if (mapping is null)
        {
            return null;
        }

        var days = mapping.Texts("days").SelectMany(n => ReadDays(n, diagnostics)).Distinct().Order().ToImmutableArray();
        var between = mapping.Texts("between");
        int from = 0, until = 24 * 60;
        if (mapping.Has("between"))
        {
            if (between.Length == 2 && Minute(between[0], 24 * 60 - 1) is { } start && Minute(between[1], 24 * 60) is { } end && start != end)
            {
                (from, until) = (start, end);
            }
            else
            {
                diagnostics.Error(DiagnosticCodes.BadTime, mapping.KeyAt("between"), "`between` is no span of the day",
                    "write two different times in quotes, for example `[\"08:00\", \"19:00\"]`");
            }
        }

        var zoneNode = mapping.Scalar("zone");
        var zone = TimeZoneInfo.Utc;
        if (zoneNode is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zoneNode.Text, out zone))
        {
            diagnostics.Error(DiagnosticCodes.BadTime, zoneNode.At, $"`{Shown.Text(zoneNode.Text, 64)}` is no time zone known here", "write an IANA name, for example `Europe/Berlin`");
        }

        mapping.Finish();
        var definition = new TimeDefinition { Days = days, From = from, Until = until, Zone = zoneNode?.Text ?? "UTC" };
        return (definition, new TimeSpanOfWeek(definition, zone ?? TimeZoneInfo.Utc));
    }

    private static IEnumerable<DayOfWeek> ReadDays(ScalarNode node, DiagnosticBag diagnostics)
    {
        var ends = node.Text.ToLowerInvariant().Split('-');
        var first = DayNames.IndexOf(ends[0]);
        var last = DayNames.IndexOf(ends[^1]);
        if (ends.Length > 2 || first < 0 || last < 0)
        {
            diagnostics.Error(DiagnosticCodes.BadTime, node.At, $"`{Shown.Text(node.Text, 64)}` is no day", "write for example `mon`, `sat` or `mon-fri`");
            yield break;
        }

        for (var day = first; ; day = (day + 1) % 7)
        {
            yield return (DayOfWeek)day;
            if (day == last)
            {
                yield break;
            }
        }
    }

    private static int? Minute(ScalarNode node, int maximum)
    {
        var text = node.Text;
        return text.Length == 5 && text[2] == ':'
            && int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            && int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            && minutes < 60 && (hours * 60) + minutes <= maximum
                ? (hours * 60) + minutes
                : null;
    }
}
