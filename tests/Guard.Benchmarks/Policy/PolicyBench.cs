using System.Text.Json;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Guard.Policy.Evaluation;
using Perfolizer.Horology;

namespace Guard.Benchmarks.Policy;

/// <summary>One side of eng/bench-policy.sh: writes rules and accesses for the other side with the decisions, runs the benchmarks, writes the medians.</summary>
internal static class PolicyBench
{
    public static int WriteSets(string path)
    {
        var sets = PolicySets.All.Select(s => new CedarSet(s.Key, s.Value.Cedar, [.. s.Value.Accesses.Select(a => new CedarAccess(a.Action, a.Resource, IsAllowed(s.Value, a)))])).ToList();
        File.WriteAllText(path, JsonSerializer.Serialize(sets, PolicyBenchJson.Default.ListCedarSet));
        return 0;
    }

    /// <summary>In this process: the benchmark's own project would have to be restored for every run.</summary>
    public static int Run(string path)
    {
        PolicyDecision.Heat();
        var config = ManualConfig.CreateEmpty().AddColumnProvider(DefaultColumnProviders.Instance).AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "guard-bench-policy"));
        var short_ = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(6).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(60)).WithUnrollFactor(16);
        var decisions = BenchmarkRunner.Run<PolicyDecision>(config.AddJob(short_));
        var whole = ManualConfig.CreateEmpty().AddColumnProvider(DefaultColumnProviders.Instance).AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "guard-bench-policy"))
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(9).WithInvocationCount(1).WithUnrollFactor(1));
        var compilations = BenchmarkRunner.Run<PolicyCompilation>(whole);
        var results = Results(decisions, "").Concat(Results(compilations, "compile ")).ToList();
        File.WriteAllText(path, JsonSerializer.Serialize(results, PolicyBenchJson.Default.ListPolicyResult));
        if (results.Count == PolicyDecision.Names.Count() + PolicyCompilation.Names.Count())
        {
            return 0;
        }

        Console.Error.WriteLine($"Guard.Benchmarks: {results.Count} benchmarks were measured. {string.Join(' ', decisions.ValidationErrors.Concat(compilations.ValidationErrors).Select(e => e.Message))}");
        return 1;
    }

    private static IEnumerable<PolicyResult> Results(Summary summary, string prefix) => summary.Reports.Where(r => r.ResultStatistics is not null)
        .Select(r => new PolicyResult(prefix + (string)r.BenchmarkCase.Parameters["Name"], r.ResultStatistics!.Median, r.GcStats.GetBytesAllocatedPerOperation(r.BenchmarkCase) ?? 0));

    private static bool IsAllowed(PolicySet set, MeasuredAccess access) =>
        Evaluator.Evaluate(PolicySets.Compile(set), PolicySets.Request(access.ToRequested())).Effect == Guard.Policy.Effect.Allow;
}
