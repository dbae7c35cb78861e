using System.Globalization;
using BenchmarkDotNet.Attributes;
using Guard.Policy;
using Guard.Policy.Evaluation;

namespace Guard.Benchmarks.Policy;

/// <summary>One access decided by a compiled bundle, its request made beforehand.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class PolicyDecision
{
    private PolicyBundle _bundle = null!;
    private EvaluationRequest _request = null!;

    public static IEnumerable<string> Names => PolicySets.All.SelectMany(s => s.Value.Accesses.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"{s.Key}/{i:00}")));

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>One for each name, ready to decide.</summary>
    public static List<PolicyDecision> All() => [.. Names.Select(static name =>
    {
        var decision = new PolicyDecision { Name = name };
        decision.Choose();
        return decision;
    })];

    [GlobalSetup]
    public void Choose()
    {
        var slash = Name.IndexOf('/', StringComparison.Ordinal);
        var set = PolicySets.All[Name[..slash]];
        _bundle = PolicySets.Compile(set);
        _request = PolicySets.Request(set.Accesses[int.Parse(Name.AsSpan(slash + 1), CultureInfo.InvariantCulture)].ToRequested());
    }

    [Benchmark]
    public Effect Decide() => Evaluator.Evaluate(_bundle, _request).Effect;
}
