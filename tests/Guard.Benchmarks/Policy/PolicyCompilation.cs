using BenchmarkDotNet.Attributes;
using Guard.Policy;

namespace Guard.Benchmarks.Policy;

/// <summary>Documents become a bundle: read, checked, compiled, indexed.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class PolicyCompilation
{
    private IReadOnlyList<PolicySource> _sources = [];

    public static IEnumerable<string> Names => PolicySets.All.Keys;

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    [GlobalSetup]
    public void Choose() => _sources = PolicySets.All[Name].Sources;

    [Benchmark]
    public bool Compile() => PolicyCompiler.Compile(_sources, FloorSettings.Default).Succeeded;
}
