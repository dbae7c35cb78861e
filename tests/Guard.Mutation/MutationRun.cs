using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Guard.Mutation;

/// <summary>
/// Tries the changes that a report of Stryker lists, in processes that stay: each change costs the tests that meet it, up to the first
/// that notices, and no start of a test host. The report gets what became of each.
/// </summary>
/// <remarks>
/// Changes are tried in a random order of a given seed, so that what was tried when the time ended is a fair sample of all, and one that
/// tests were not written by when the seed is new. As Stryker counts, one that ends the process or makes it too slow is found.
/// </remarks>
internal sealed class MutationRun : IDisposable
{
    private const int Slowdown = 8;
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan CoverageAllowed = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMinutes(1);

    private readonly string _reportPath;
    private readonly JsonNode _report;
    private readonly TimeSpan _time;
    private readonly int _seed;
    private readonly List<Mutant> _mutants;
    private readonly HostProcess[] _hosts;
    private readonly ConcurrentDictionary<(string File, string Test), int> _found = new();

    /// <summary>By test, the files of which it meets something.</summary>
    private readonly Dictionary<string, HashSet<string>> _files = new(StringComparer.Ordinal);

    /// <param name="report">Of Stryker; it is written to.</param>
    /// <param name="tests">The tests' assembly, beside the changed one.</param>
    /// <param name="time">After which no further change is tried.</param>
    /// <param name="seed">Of the order.</param>
    /// <param name="places">Parts of paths; none: everything.</param>
    public MutationRun(string report, string tests, TimeSpan time, int seed, string[] places)
    {
        (_reportPath, _time, _seed) = (report, time, seed);
        _report = JsonNode.Parse(File.ReadAllText(report))!;
        _hosts = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new HostProcess(tests))];
        _mutants =
        [
            .. from file in _report["files"]!.AsObject()
               where places.Length == 0 || places.Any(p => file.Key.Contains(p, StringComparison.Ordinal))
               from node in file.Value!["mutants"]!.AsArray()
               where IsToBeTried(node!)
               select new Mutant(int.Parse((string)node!["id"]!, CultureInfo.InvariantCulture), file.Key, node, ((string)node["method"]!).EndsWith(".cctor", StringComparison.Ordinal)),
        ];
    }

    public async Task<int> RunAsync()
    {
        Console.Error.WriteLine($"{_mutants.Count} changes to try");
        if ((await _hosts[0].AskAsync(new Question(null, []), CoverageAllowed))?.Covered is not { } covered)
        {
            Console.Error.WriteLine("The tests ended the process, or took too long, without any change.");
            return 1;
        }

        foreach (var test in covered.Where(static t => t.Fails))
        {
            Console.Error.WriteLine($"fails without any change, and is left out: {test.Name}");
        }

        var tests = covered.Where(static t => !t.Fails).ToList();
        // Stryker does not tell all of them: what a list of a type holds counts as met like any other code.
        var onlyOnce = tests.SelectMany(static t => t.OnlyOnce).Concat(_mutants.Where(static m => m.IsInitialised).Select(static m => m.Id)).ToHashSet();
        var fileOf = _mutants.ToDictionary(static m => m.Id, static m => m.File);
        foreach (var test in tests)
        {
            _files[test.Id] = test.Met.Select(m => fileOf.GetValueOrDefault(m)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        }

        var meeting = tests.SelectMany(static t => t.Met, static (test, mutant) => (test, mutant)).ToLookup(static m => m.mutant, static m => m.test);
        foreach (var mutant in _mutants.Where(m => !meeting.Contains(m.Id) && !onlyOnce.Contains(m.Id)))
        {
            // Known without trying it: not a fact about the sample, but the quickest way to what has no test at all.
            mutant.Node["isMet"] = false;
        }

        var order = _mutants.ToArray();
        new Random(_seed).Shuffle(order);
        var queue = new ConcurrentQueue<Mutant>(order);
        var started = Stopwatch.GetTimestamp();
        using var progress = new Timer(_ => Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(started):hh\\:mm\\:ss}  {order.Length - queue.Count} of {order.Length}"), null, ProgressInterval, ProgressInterval);
        await Task.WhenAll(_hosts.Select(host => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < _time && queue.TryDequeue(out var mutant))
            {
                await TryAsync(host, mutant, onlyOnce.Contains(mutant.Id) ? tests : [.. meeting[mutant.Id]], onlyOnce.Contains(mutant.Id));
            }
        })));

        foreach (var left in queue)
        {
            left.Node["status"] = "Pending";
        }

        File.WriteAllText(_reportPath, _report.ToJsonString());
        return 0;
    }

    public void Dispose() => Array.ForEach(_hosts, static host => host.Dispose());

    // Whatever Stryker itself says of it without having run a test.
    private static bool IsToBeTried(JsonNode mutant) => (string)mutant["status"]! switch
    {
        "CompileError" => false,
        "Ignored" => ((string?)mutant["statusReason"])?.Contains("mutate filter", StringComparison.Ordinal) == true,
        _ => true,
    };

    private async Task TryAsync(HostProcess host, Mutant mutant, IReadOnlyList<CoveredByTest> tests, bool isAnew)
    {
        if (tests.Count == 0)
        {
            mutant.Node["status"] = "NoCoverage";
            return;
        }

        // Those first that noticed most in this file, then those that have to do with it, then the quick ones.
        var ids = tests.OrderByDescending(t => _found.GetValueOrDefault((mutant.File, t.Id))).ThenByDescending(t => _files[t.Id].Contains(mutant.File)).ThenBy(static t => t.Milliseconds).Select(static t => t.Id).ToList();
        var question = new Question(mutant.Id, ids);
        var allowed = Start + (Slowdown * TimeSpan.FromMilliseconds(tests.Select(static t => t.Milliseconds).OrderDescending().Take(MutantHost.MostAtOnce).Sum()));
        var answer = isAnew ? await host.AskAnewAsync(question, allowed) : await host.AskAsync(question, allowed);
        if (answer is { IsSpoilt: true })
        {
            answer = await host.AskAnewAsync(question, allowed);
        }

        if (answer is null)
        {
            mutant.Node["status"] = "Timeout";
            return;
        }

        mutant.Node["status"] = answer.Failed is null ? "Survived" : "Killed";
        if (answer.Failed is { } name && tests.FirstOrDefault(t => t.Name == name) is { } noticed)
        {
            _found.AddOrUpdate((mutant.File, noticed.Id), 1, static (_, n) => n + 1);
        }
    }

    /// <param name="Id">Stryker's.</param>
    /// <param name="File">In which it is.</param>
    /// <param name="Node">Of the report.</param>
    /// <param name="IsInitialised">It is in what a type does when it is initialised.</param>
    private sealed record Mutant(int Id, string File, JsonNode Node, bool IsInitialised);
}
