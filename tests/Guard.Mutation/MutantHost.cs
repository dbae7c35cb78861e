using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Guard.Mutation;

/// <summary>The process in which changed code runs: it may loop, overflow its stack or take all memory, so it is never the one that keeps the books.</summary>
/// <remarks>
/// A question a line on standard input, an answer a line on standard output, both JSON, with lines between them that say that it is at
/// work; what tests print goes nowhere.
/// </remarks>
internal static class MutantHost
{
    /// <summary>A line that says that the host is at work: it comes before every few tests, so that code that never ends is told from many tests.</summary>
    public const string AtWork = ".";

    /// <summary>How many tests there are between two such lines at most.</summary>
    public const int MostAtOnce = 64;

    /// <param name="path">Of the tests.</param>
    /// <param name="first">A change that is on before any test is looked for, because it is in what a type does when it is initialised.</param>
    public static int Serve(string path, int? first)
    {
        using var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        TestAssembly.Resolve(path);
        var changed = new MutantSwitch(Assembly.Load(Path.GetFileNameWithoutExtension(path).Replace(".Tests", "", StringComparison.Ordinal))) { Active = first };
        using var tests = new TestAssembly(path);
        while (Console.In.ReadLine() is { } line)
        {
            var question = JsonSerializer.Deserialize(line, HostJson.Default.Question)!;
            answers.WriteLine(JsonSerializer.Serialize(question.Mutant is { } mutant ? Try(tests, changed, mutant, question.Tests, answers) : Cover(tests, changed), HostJson.Default.Answer));
        }

        return 0;
    }

    private static Answer Cover(TestAssembly tests, MutantSwitch changed)
    {
        var covered = new List<CoveredByTest>();
        foreach (var (id, test) in tests.Cases)
        {
            string? failed = null;
            var started = Stopwatch.GetTimestamp();
            var (met, once) = changed.Covered(() => failed = tests.FirstToFail([id]));
            var took = Stopwatch.GetElapsedTime(started);
            covered.Add(new CoveredByTest(id, test.DisplayName, failed is not null, took.TotalMilliseconds, met, once));
        }

        return new Answer { Covered = covered };
    }

    // Those that found most come first, so that most changes cost one test or a few.
    private static Answer Try(TestAssembly tests, MutantSwitch changed, int mutant, IReadOnlyList<string> ids, StreamWriter answers)
    {
        var tried = 0;
        for (var size = 4; tried < ids.Count; size = Math.Min(MostAtOnce, size * 4))
        {
            var some = ids.Skip(tried).Take(size).ToList();
            tried += some.Count;
            answers.WriteLine(AtWork);
            changed.Active = mutant;
            var failed = tests.FirstToFail(some);
            changed.Active = null;
            if (failed is not null)
            {
                // What a change left behind in this process must not count against the next one.
                return new Answer { Failed = failed, IsSpoilt = tests.FirstToFail(some) is not null };
            }
        }

        return new Answer();
    }
}

/// <param name="Mutant">Null: which test meets which change is asked for.</param>
/// <param name="Tests">To run with the change, in this order.</param>
internal sealed record Question(int? Mutant, IReadOnlyList<string> Tests);

/// <summary>What a host found.</summary>
internal sealed record Answer
{
    /// <summary>The test that noticed the change; null: none did.</summary>
    public string? Failed { get; init; }

    /// <summary>The same tests fail without the change now: this process is not to be used again.</summary>
    public bool IsSpoilt { get; init; }

    public IReadOnlyList<CoveredByTest>? Covered { get; init; }
}

/// <param name="Id">xunit's.</param>
/// <param name="Name">For people.</param>
/// <param name="Fails">Without any change, so that it cannot notice one.</param>
/// <param name="Milliseconds">What it took.</param>
/// <param name="Met">The changes that it meets.</param>
/// <param name="OnlyOnce">Those of them that it met while a type was initialised, which happens once in a process.</param>
internal sealed record CoveredByTest(string Id, string Name, bool Fails, double Milliseconds, IReadOnlyList<int> Met, IReadOnlyList<int> OnlyOnce);
