using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Cli.Terminal;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>Judges a file of commands with expectations, one JSON object to a line: <c>command</c>, <c>expect</c>, and for the report <c>source</c>.</summary>
internal static class CorpusRun
{
    /// <exception cref="CliException">The corpus is not readable.</exception>
    public static CorpusReport Run(CliContext context, string corpus, StatedPlace place, PolicyBundle bundle, AgentFacts agent)
    {
        var rows = 0;
        var decided = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var failing = new List<CorpusRow>();
        foreach (var (line, number) in ReadLines(corpus).Select(static (l, i) => (l, i + 1)))
        {
            if (line.Trim().Length == 0) continue;
            var (command, expect, source) = Read(line, corpus, number);
            rows++;
            var decision = Judge(context, command, place, bundle, agent);
            var effect = OfflineTrial.NameOf(decision.Effect);
            var pair = $"{expect}/{effect}";
            decided[pair] = decided.GetValueOrDefault(pair) + 1;
            if (IsAsExpected(expect, effect)) continue;
            failing.Add(new CorpusRow { Line = number, Command = command, Expected = expect, Decided = effect, Policy = decision.Policy, Rule = decision.Rule, Reason = decision.Reason, Source = source });
        }

        return new CorpusReport
        {
            Rows = rows,
            Passed = rows - failing.Count,
            Leaks = failing.Count(static f => f.Decided == Effects.Allow),
            FalsePositives = failing.Count(static f => f.Expected == Effects.Allow),
            Decided = decided,
            Failing = failing,
        };
    }

    // A block row must not be allowed, an ask row must not pass unseen, an allow row should pass.
    private static bool IsAsExpected(string expect, string effect) => expect == Effects.Allow ? effect == Effects.Allow : effect != Effects.Allow;

    private static Decision Judge(CliContext context, string command, StatedPlace place, PolicyBundle bundle, AgentFacts agent)
    {
        try
        {
            var input = new JsonObject { ["command"] = command }.ToJsonString();
            var call = ClaudeCodeAdapter.AdaptTool("Bash", System.Text.Encoding.UTF8.GetBytes(input), place.Workspace, place.Context(bundle));
            return OfflineTrial.Decide(bundle, agent, call, context.Time.GetUtcNow(), explain: false);
        }
        catch (UnreadableInputException e)
        {
            return new Decision { Effect = Effect.Deny, Granted = false, ByFloor = false, Reason = e.Message, Access = 0, Matched = [], Errors = [], Trace = [] };
        }
    }

    private static IEnumerable<string> ReadLines(string corpus)
    {
        try
        {
            return File.ReadAllLines(corpus);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--corpus {corpus}: {e.Message}");
        }
    }

    private static (string Command, string Expect, string? Source) Read(string line, string corpus, int number)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            var expect = row.RootElement.GetProperty("expect").GetString();
            if (expect is not ("block" or Effects.Deny or Effects.Ask or Effects.Allow)) throw CliException.Usage($"{corpus}:{number}: `expect` must be block, ask or allow");
            return (row.RootElement.GetProperty("command").GetString()!, expect == Effects.Deny ? "block" : expect, row.RootElement.TryGetProperty("source", out var source) ? source.ToString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw CliException.Usage($"{corpus}:{number}: a row is a JSON object with `command` and `expect`");
        }
    }
}

/// <summary>How a corpus went.</summary>
internal sealed record CorpusReport
{
    public required int Rows { get; init; }
    public required int Passed { get; init; }

    /// <summary>Rows that must not be allowed, and were.</summary>
    public required int Leaks { get; init; }

    /// <summary>Rows that should be allowed, and were not.</summary>
    public required int FalsePositives { get; init; }

    /// <summary>How often each <c>expected/decided</c> came up.</summary>
    public required IReadOnlyDictionary<string, int> Decided { get; init; }
    public required IReadOnlyList<CorpusRow> Failing { get; init; }
}

/// <summary>A row that was not decided as expected.</summary>
internal sealed record CorpusRow
{
    public required int Line { get; init; }
    public required string Command { get; init; }
    public required string Expected { get; init; }
    public required string Decided { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public required string Reason { get; init; }
    public string? Source { get; init; }
}
