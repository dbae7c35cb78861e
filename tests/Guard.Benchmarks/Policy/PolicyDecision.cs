using System.Globalization;
using System.Runtime.CompilerServices;
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

    /// <summary>Decides everything until that is compiled for good. What it needs is given back before anything is measured: between its rounds BenchmarkDotNet collects all garbage.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Heat()
    {
        var all = PolicySets.All.Values.SelectMany(static set =>
        {
            var bundle = PolicySets.Compile(set);
            return set.Accesses.Select(access => (Bundle: bundle, Request: PolicySets.Request(access.ToRequested()))).ToList();
        }).ToList();
        HotCode.Make(() => all.ForEach(static one => Evaluator.Evaluate(one.Bundle, one.Request)));
    }

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
