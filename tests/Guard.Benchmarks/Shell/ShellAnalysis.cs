using BenchmarkDotNet.Attributes;
using Guard.Shell.Effects;
using Guard.Shell.Expansion;
using Guard.Shell.Lines;

namespace Guard.Benchmarks.Shell;

/// <summary>The whole analysis of one line: reading, expansion, what each program does, and the join of it all.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class ShellAnalysis
{
    private static readonly StatedGlobView View = new(
        ["/home/dev/app/.env", "/home/dev/app/package.json", "/home/dev/app/src/app.ts", "/home/dev/app/src/index.ts", "/home/dev/app/src/config.ts", "/home/dev/app/pkg/package.json", "/home/dev/app/api/x.go", "/home/dev/app/web/x.ts", "/home/dev/.bashrc", "/tmp/"]);

    private static readonly LineFacts Facts = new()
    {
        WorkingDirectory = "/home/dev/app",
        Home = "/home/dev",
        User = "dev",
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["CDPATH"] = null },
        View = View,
        Probe = path => View.IsDirectory(path) ? PathForm.Directory : View.Exists(path) ? PathForm.File : PathForm.Missing,
    };

    private string _line = "";

    public static IEnumerable<string> Names => ShellLines.Short.Select((_, i) => $"short {i:00}").Concat(ShellLines.Long.Select((_, i) => $"long {i:00}"));

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    [GlobalSetup]
    public void Choose()
    {
        var at = int.Parse(Name.AsSpan(Name.IndexOf(' ', StringComparison.Ordinal) + 1), System.Globalization.CultureInfo.InvariantCulture);
        _line = Name.StartsWith("long", StringComparison.Ordinal) ? ShellLines.Long[at] : ShellLines.Short[at];
    }

    /// <summary>Each line once.</summary>
    public static void AnalyseAll()
    {
        var analysis = new ShellAnalysis();
        foreach (var name in Names)
        {
            analysis.Name = name;
            analysis.Choose();
            analysis.Analyse();
        }
    }

    [Benchmark]
    public int Analyse() => LineAccesses.Of(_line, Facts).Accesses.Count;
}
