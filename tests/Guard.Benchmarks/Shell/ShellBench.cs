using System.Text.Json;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Guard.Benchmarks.Shell;

/// <summary>One side of eng/bench-shell.sh: writes the lines for the other side, runs the benchmarks, writes the median of each line.</summary>
internal static class ShellBench
{
    public static int WriteLines(string path)
    {
        File.WriteAllText(path, JsonSerializer.Serialize(new ShellLineSet(ShellLines.Short, ShellLines.Long), ShellBenchJson.Default.ShellLineSet));
        return 0;
    }

    /// <summary>In this process: the benchmark's own project would have to be restored for every run.</summary>
    public static int Run(string path)
    {
        HotCode.Make(ShellAnalysis.AnalyseAll);
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(4).WithIterationCount(12).WithIterationTime(TimeInterval.FromMilliseconds(60)).WithUnrollFactor(16);
        var config = ManualConfig.CreateEmpty().AddJob(job).AddColumnProvider(DefaultColumnProviders.Instance).AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableOptimizationsValidator)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "guard-bench-shell"));
        var summary = BenchmarkRunner.Run<ShellAnalysis>(config);
        var results = summary.Reports.Where(r => r.ResultStatistics is not null)
            .Select(r => new ShellResult((string)r.BenchmarkCase.Parameters["Name"], r.ResultStatistics!.Median, r.GcStats.GetBytesAllocatedPerOperation(r.BenchmarkCase) ?? 0)).ToList();
        File.WriteAllText(path, JsonSerializer.Serialize(results, ShellBenchJson.Default.ListShellResult));
        if (results.Count == ShellLines.Short.Count + ShellLines.Long.Count)
            return 0;
        Console.Error.WriteLine($"Guard.Benchmarks: {results.Count} of {ShellLines.Short.Count + ShellLines.Long.Count} lines were measured. {string.Join(' ', summary.ValidationErrors.Select(e => e.Message))}");
        return 1;
    }
}
