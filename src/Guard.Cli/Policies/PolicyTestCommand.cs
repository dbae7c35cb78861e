using System.CommandLine;
using Guard.Agents;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Policy.Suites;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary><c>guard policy test</c>: tries one access or tool call, or runs test suites.</summary>
internal sealed class PolicyTestCommand
{
    private const string DefaultFolder = "policies";

    private const string Notes = """
        Four ways:
          guard policy test AGENT ACTION --resource R     one access, such as read:file ./src/a.cs
          guard policy test AGENT --tool T --input JSON   a whole tool call of the client
          guard policy test --corpus FILE --tree FILE --policies PATH...   a file of commands with expectations
          guard policy test [PATH...]                     the suites (*_test.yaml) in files and folders; default ./policies

          The first two ask the gateway, or decide here with --policies. Relative paths are below the workspace, ~/ is the
          home folder; execute:shell takes the line apart, as the hook does. Nothing is recorded. The exit code is 0 whatever
          the decision, unless --expect states another one; suites exit with 1 when a case fails.
        """;

    private readonly CliContext _context;
    private readonly Argument<string[]> _subject = new("SUBJECT") { Description = "AGENT ACTION, AGENT, or paths of suites", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _resource = new("--resource") { HelpName = "R", Description = "The path, command line or URL that the action is about" };
    private readonly Option<string?> _tool = new("--tool") { HelpName = "NAME", Description = "The client's tool, such as Bash" };
    private readonly Option<string?> _input = new("--input") { HelpName = "JSON", Description = "The tool's input" };
    private readonly Option<string[]> _policies = new("--policies", "--policy")
    {
        HelpName = "PATH",
        Description = "Decide here, by these files or folders; no gateway is asked",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _corpus = new("--corpus") { HelpName = "FILE", Description = "Judge every row of a JSON Lines file: command, expect (block, ask or allow)" };
    private readonly Option<string?> _tree = new("--tree") { HelpName = "FILE", Description = "With --corpus: workspace, home and files of the place, one to a line" };

    private readonly Option<bool> _coverage = new("--coverage") { Description = "With suites: which rules no case meets" };
    private readonly Option<bool> _mutate = new("--mutate") { Description = "With suites: drop each rule in turn; exit with 1 where no case notices" };
    private readonly Option<string?> _junit = new("--junit") { HelpName = "FILE", Description = "With suites: also write the results as JUnit XML" };

    private readonly Option<string[]> _tags = new("--tag") { HelpName = "TAG", Description = "With --policies: a tag of the agent; repeat for several", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _tier = new("--tier") { HelpName = "TIER", Description = "With --policies: the agent's trust tier (default verified)" };
    private readonly Option<string?> _workspace = new("--workspace") { HelpName = "DIR", Description = "The project folder that ./ means (default: the current folder)" };
    private readonly Option<string?> _expect = new("--expect") { HelpName = "EFFECT", Description = "Exit with 1 unless this is decided: allow, ask, approve or deny" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show for every rule why it did or did not match" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly ConnectionOptions _connection = new();

    private PolicyTestCommand(CliContext context) => _context = context;

    public static Command Create(CliContext context)
    {
        var test = new PolicyTestCommand(context);
        test._tier.AcceptOnlyFromAmong("unverified", "verified", "trusted", "privileged");
        test._expect.AcceptOnlyFromAmong(Effects.Allow, Effects.Ask, Effects.Approve, Effects.Deny);
        var command = new NotedCommand("test", "Try what would be decided, or run test suites") { Notes = Notes };
        command.Add(test._subject);
        foreach (var option in (Option[])[test._resource, test._tool, test._input, test._corpus, test._tree, test._coverage, test._mutate, test._junit, test._policies, test._tags, test._tier, test._workspace, test._expect, test._verbose, test._json])
            command.Add(option);
        test._connection.AddTo(command);
        command.SetAction(test.RunAsync);
        return command;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var subject = parsed.GetValue(_subject) ?? [];
        var tool = parsed.GetValue(_tool);
        var resource = parsed.GetValue(_resource);
        if (parsed.GetValue(_corpus) is { } corpus) return Task.FromResult(RunCorpus(parsed, corpus));
        if (tool is not null && resource is not null) throw CliException.Usage("--tool and --resource exclude each other");
        if (tool is null && resource is null) return Task.FromResult(RunSuites(parsed, subject));
        foreach (var option in (Option[])[_coverage, _mutate, _junit])
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw CliException.Usage($"{option.Name} is for suites");
        }

        var workspace = _context.Resolve(parsed.GetValue(_workspace) ?? ".");
        if (resource is not null)
        {
            return subject is [var agent, var action]
                ? TryAsync(parsed, agent, walk => TrialCall.OfAccess(_context, workspace, action, resource, walk), workspace, cancel)
                : throw CliException.Usage("with --resource an agent and an action are needed: guard policy test AGENT ACTION --resource R");
        }

        return subject is [var name] && parsed.GetValue(_input) is { } input
            ? TryAsync(parsed, name, walk => TrialCall.OfTool(_context, workspace, tool!, input, walk), workspace, cancel)
            : throw CliException.Usage("with --tool an agent and an input are needed: guard policy test AGENT --tool T --input JSON");
    }

    private int RunSuites(ParseResult parsed, string[] paths)
    {
        foreach (var option in (Option[])[_input, _policies, _tags, _tier, _workspace, _expect, _verbose])
        {
            if (parsed.GetResult(option) is { Implicit: false }) throw CliException.Usage($"{option.Name} needs --resource or --tool; suites state such things themselves");
        }

        if (paths is [_, var second] && second.Contains(':', StringComparison.Ordinal) && !Path.Exists(_context.Resolve(second)))
            throw CliException.Usage($"what is `{second}` about? Add --resource R");
        var runs = SuiteRun.Run(_context, PolicyFiles.FindSuites(_context, paths.Length > 0 ? paths : [DefaultFolder]));
        var results = runs.Select(r => r.Result).ToList();
        var passed = results.TrueForAll(r => r.Passed);
        var rules = SuiteCoverage.Rules(runs);

        // Of suites that fail already, a failure says nothing about a rule.
        var survivors = parsed.GetValue(_mutate) && passed ? SuiteCoverage.Survivors(runs, SuiteRun.Adapt) : null;
        if (parsed.GetValue(_junit) is { } junit) WriteJUnit(junit, results);
        if (parsed.GetValue(_json))
        {
            _context.WriteJson(
                SuiteOutput.ReportOf(results) with
                {
                    Rules = parsed.GetValue(_coverage) ? [.. rules.Select(r => new SuiteRuleReport(r.Rule.Policy, r.Rule.Rule, r.IsMet))] : null,
                    Survivors = survivors is null ? null : [.. survivors.Select(s => new SuiteRuleReport(s.Policy, s.Rule, rules.Any(r => r.Rule == s && r.IsMet)))],
                },
                CliJson.Default.SuitesReport);
        }
        else
        {
            SuiteOutput.Write(_context, results);
            if (parsed.GetValue(_coverage)) SuiteOutput.WriteCoverage(_context, rules);
            if (survivors is not null) SuiteOutput.WriteSurvivors(_context, survivors, rules.Count);
        }

        return passed && (survivors?.Count ?? 0) == 0 ? ExitCodes.Done : ExitCodes.Negative;
    }

    private void WriteJUnit(string path, IReadOnlyList<SuiteResult> results)
    {
        try
        {
            File.WriteAllText(_context.Resolve(path), JUnitReport.Of(results));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused($"{path} cannot be written: {e.Message}", e);
        }
    }

    private async Task<int> TryAsync(ParseResult parsed, string agent, Func<WalkNames?, AdaptedCall> call, string workspace, CancellationToken cancel)
    {
        var report = parsed.GetResult(_policies) is { Implicit: false }
            ? TryHere(parsed, agent, call)
            : await TryAtGatewayAsync(parsed, agent, call, cancel);
        var verbose = parsed.GetValue(_verbose);
        if (parsed.GetValue(_json))
            _context.WriteJson(verbose ? report : report with { Trace = null }, CliJson.Default.TrialReport);
        else
            TrialOutput.Write(_context, report, workspace, verbose);

        if (parsed.GetValue(_expect) is not { } expected || expected == report.Effect) return ExitCodes.Done;
        throw new CliException(ExitCodes.Negative, $"expected {expected}, decided {report.Effect}");
    }

    private TrialReport TryHere(ParseResult parsed, string agent, Func<WalkNames?, AdaptedCall> call)
    {
        if (_connection.IsStated(parsed)) throw CliException.Usage("--policies and --gateway exclude each other");
        var bundle = Bundle(parsed);
        return OfflineTrial.Run(bundle, Agent(parsed, agent), call(StatedPlace.NamesOf(bundle)), _context.Time.GetUtcNow());
    }

    private PolicyBundle Bundle(ParseResult parsed)
    {
        var compiled = PolicyCompiler.Compile(PolicyFiles.Read(_context, parsed.GetValue(_policies)!), FloorSettings.Default);
        DiagnosticOutput.Write(_context, compiled.Diagnostics.Select(DiagnosticOutput.ToWire));
        return compiled.Succeeded
            ? compiled.Bundle
            : throw new CliException(ExitCodes.BadDocument, $"{DiagnosticOutput.Count(compiled.Diagnostics.Count(d => d.Severity == Policy.Diagnostics.Severity.Error))}: nothing was tried");
    }

    private AgentFacts Agent(ParseResult parsed, string name) => new()
    {
        Id = name,
        Name = name,
        Tags = parsed.GetRequiredValue(_tags),
        TrustTier = Enum.Parse<TrustTier>(parsed.GetValue(_tier) ?? nameof(TrustTier.Verified), ignoreCase: true),
    };

    private int RunCorpus(ParseResult parsed, string corpus)
    {
        if (parsed.GetResult(_policies) is not { Implicit: false } || parsed.GetValue(_tree) is not { } tree)
            throw CliException.Usage("--corpus needs --policies, the rules to judge by, and --tree, the files of the place");
        var place = StatedPlace.Read(_context.Resolve(tree));
        var report = CorpusRun.Run(_context, _context.Resolve(corpus), place, Bundle(parsed), Agent(parsed, "corpus"));
        if (parsed.GetValue(_json))
            _context.WriteJson(report, CliJson.Default.CorpusReport);
        else
            CorpusOutput.Write(_context, report);
        return report.Failing.Count == 0 ? ExitCodes.Done : ExitCodes.Negative;
    }

    private async Task<TrialReport> TryAtGatewayAsync(ParseResult parsed, string agent, Func<WalkNames?, AdaptedCall> callBy, CancellationToken cancel)
    {
        if (parsed.GetResult(_tags) is { Implicit: false } || parsed.GetResult(_tier) is not null)
            throw CliException.Usage("--tag and --tier are for --policies; the gateway knows its agents");
        using var client = _connection.Connect(parsed, _context);
        var call = callBy(null);
        var answer = await client.TestPolicyAsync(new TestPolicyRequest { Agent = agent, Call = call.Call, Accesses = call.Accesses, Walk = WalkNames.None }, cancel);
        if (answer.Decision is { Answer: Effects.Walk, Walk: { } walk })
        {
            // As a hook does it: the call's subtrees are looked through by the names that the gateway's rules could mean.
            call = callBy(walk);
            answer = await client.TestPolicyAsync(new TestPolicyRequest { Agent = agent, Call = call.Call, Accesses = call.Accesses, Walk = call.Walk }, cancel);
        }

        return new TrialReport
        {
            Agent = agent,
            Effect = answer.Decision.Effect,
            Granted = answer.Decision.Granted,
            Policy = answer.Decision.Policy,
            Rule = answer.Decision.Rule,
            Reason = answer.Decision.Reason ?? answer.Decision.Message,
            Bundle = answer.Decision.Bundle,
            Accesses = call.Accesses,
            Matched = answer.Matched,
            Trace = answer.Trace,
        };
    }
}
