using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Guard.Policy.Cel;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;
using Guard.Policy.Lint;
using Guard.Policy.Matching;
using Guard.Policy.Suites;
using Guard.Policy.Tests.Cel;
using Guard.Policy.Tests.Suites;

namespace Guard.Policy.Tests.Printed;

/// <summary>
/// Every word that Guard says of documents and calls, as it was approved: messages, places, remedies, findings with their examples, and for
/// calls who decided, why, and what each rule had to say.
/// </summary>
public sealed class PrintedTests
{
    private static readonly string Folder = Repository.File("tests/Guard.Policy.Tests/Printed");
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = { new JsonStringEnumConverter() } };

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly PolicyBundle EverythingAllowed = Requests.Bundle(
        new FloorSettings { ProtectedPaths = ["/home/dev/.guard", "/opt/guard/guard-hook"], LiftedPaths = ["/srv/lifted"], GatewayAuthorities = ["127.0.0.1:8765", "guard.example:9443"] },
        "{ name: p, rules: [ { id: all, effect: allow, actions: ['*'] } ] }");

    // Last, because printing needs what stands above.
    private static readonly Dictionary<string, PrintedFile> Files = Load();

    public static TheoryData<string, string> Blocks()
    {
        var data = new TheoryData<string, string>();
        foreach (var (name, file) in Files)
        {
            foreach (var title in file.Titles)
            {
                data.Add(name, title);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Printed_IsWhatWasApproved(string file, string title) => Print(Files[file].Given(title)).Should().Be(Files[file].Approved(title));

    private static Dictionary<string, PrintedFile> Load()
    {
        var files = Directory.EnumerateFiles(Folder, "*.txt").Order(StringComparer.Ordinal).ToDictionary(static path => Path.GetFileName(path), PrintedFile.Read);
        if (Environment.GetEnvironmentVariable("GUARD_TESTS_APPROVE") != "1")
        {
            return files;
        }

        foreach (var file in files.Values)
        {
            file.Approve(Print);
        }

        return Directory.EnumerateFiles(Folder, "*.txt").ToDictionary(static path => Path.GetFileName(path), PrintedFile.Read);
    }

    private static string Print(IReadOnlyList<(string Name, string Text)> parts)
    {
        var printed = new StringBuilder();
        if (parts is [("language" or "expressions", var expressions)])
        {
            PrintExpressions(printed, expressions.Split('\n'), isOfRules: parts[0].Name == "expressions");
            return printed.ToString().TrimEnd('\n');
        }

        if (parts is [("members of tools", var tools)])
        {
            foreach (var tool in tools.Split('\n'))
            {
                printed.Append($"{tool}: {(ToolMembers.Optional(tool) is { } members ? $"[{string.Join(", ", members.Order(StringComparer.Ordinal))}]" : "not known")}\n");
            }

            return printed.ToString().TrimEnd('\n');
        }

        if (parts is [("lines" or "accesses", var calls)])
        {
            PrintFloor(printed, calls.Split('\n'), isOfLines: parts[0].Name == "lines");
            return printed.ToString().TrimEnd('\n');
        }

        if (parts is [var (kind, matrix)] && kind.StartsWith("each of ", StringComparison.Ordinal))
        {
            PrintMatrix(printed, kind["each of ".Length..], matrix.Split("\n\n"));
            return printed.ToString().TrimEnd('\n');
        }

        var sources = parts.Where(static part => part.Name.EndsWith(".yaml", StringComparison.Ordinal) && !part.Name.EndsWith("_test.yaml", StringComparison.Ordinal) && !part.Name.StartsWith(".guard/", StringComparison.Ordinal) && !part.Name.StartsWith("after ", StringComparison.Ordinal))
            .Select(static part => new PolicySource(part.Name, LanguageTests.Written(part.Text))).ToList();
        var result = PolicyCompiler.Compile(sources, FloorSettings.Default);
        PrintDiagnostics(printed, result.Diagnostics);
        if (result.Bundle is not { } bundle)
        {
            return printed.ToString().TrimEnd('\n');
        }

        foreach (var (name, text) in parts.Where(static part => part.Name.StartsWith(".guard/", StringComparison.Ordinal)))
        {
            var tightened = WorkspacePolicyCompiler.Compile(bundle, new PolicySource(name, text));
            PrintDiagnostics(printed, tightened.Diagnostics);
            bundle = tightened.Bundle ?? bundle;
        }

        PrintFindings(printed, sources);
        foreach (var (name, text) in parts.Where(static part => part.Name.EndsWith("_test.yaml", StringComparison.Ordinal)))
        {
            PrintSuite(printed, bundle, new PolicySource(name, text));
        }

        foreach (var line in parts.Where(static part => part.Name == "calls").SelectMany(static part => part.Text.Split('\n')))
        {
            printed.Append("* ").Append(line).Append('\n');
            PrintDecision(printed, Evaluator.Evaluate(bundle, JsonSerializer.Deserialize<Call>(line, Json)!.Request(), explain: true));
        }

        PrintChanges(printed, bundle, parts);
        return printed.ToString().TrimEnd('\n');
    }

    private static void PrintDiagnostics(StringBuilder printed, IReadOnlyList<Diagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            printed.Append(diagnostic.Severity == Severity.Error ? "" : "warning: ").Append(diagnostic).Append('\n');
        }
    }

    private static void PrintFindings(StringBuilder printed, List<PolicySource> sources)
    {
        var findings = Linter.Run(sources);
        foreach (var finding in findings)
        {
            printed.Append($"{finding.Policy}: {finding}\n");
        }

        foreach (var source in sources)
        {
            var (text, count) = LintFixer.Fix(source, findings);
            if (count > 0)
            {
                printed.Append($"{count} fixed in {source.Path}:\n{text}\n");
            }
        }
    }

    private static void PrintSuite(StringBuilder printed, PolicyBundle bundle, PolicySource source)
    {
        var read = SuiteReader.Read(source);
        PrintDiagnostics(printed, read.Diagnostics);
        foreach (var one in read.Suite is { } suite ? SuiteRunner.Run(suite, bundle, call => StatedCalls.Adapt(call, bundle)).Cases : [])
        {
            printed.Append($"* {one.Case.Name}, line {one.Case.Line}{(one.Problem is { } problem ? ": " + problem : "")}\n");
            PrintDecision(printed, Evaluator.Evaluate(bundle, SuiteRunner.Request(one.Case, call => StatedCalls.Adapt(call, bundle)), explain: true));
        }
    }

    private static void PrintDecision(StringBuilder printed, Decision decision)
    {
        printed.Append($"  {decision.Effect}{(decision.Granted ? ", granted" : "")}{(decision.ByFloor ? ", by the floor" : "")} at {decision.Access} by {decision.Policy ?? "none"}/{decision.Rule ?? "none"}: {decision.Reason}\n");
        if (decision.Approval is { } approval)
        {
            printed.Append($"  approval by [{string.Join(", ", approval.Workflows)}] within {approval.Timeout?.ToString() ?? "its own time"}\n");
        }

        foreach (var error in decision.Errors)
        {
            printed.Append($"  error: {error}\n");
        }

        foreach (var match in decision.Matched)
        {
            printed.Append($"  matched: {match.Policy}/{match.Rule} {match.Effect} at {match.Access}{(match.OnTrial ? " on trial" : "")}\n");
        }

        // Of the tools dialect most entries have nothing to do with a call.
        foreach (var others in decision.Trace.Where(static one => !one.Matched).GroupBy(static one => one.Because).Where(static same => same.Count() > 2))
        {
            printed.Append($"  no  {others.Count()} times: {others.Key}\n");
        }

        foreach (var one in decision.Trace.Where(one => one.Matched || decision.Trace.Count(other => !other.Matched && other.Because == one.Because) <= 2))
        {
            printed.Append($"  {(one.Matched ? "yes" : "no ")} {one.Policy}/{one.Rule} {one.Effect} at {one.Access}: {one.Because}\n");
        }
    }

    private static void PrintExpressions(StringBuilder printed, string[] expressions, bool isOfRules)
    {
        var environment = isOfRules ? RuleVariables.Environment : LanguageTests.Environment;
        foreach (var expression in expressions)
        {
            var program = CelProgram.Compile(LanguageTests.Written(expression), environment, out var problems);
            printed.Append("* ").Append(expression).Append('\n');
            foreach (var problem in problems)
            {
                printed.Append($"  {problem.Kind} at {problem.Offset}: {problem.Message} ({problem.Remedy})\n");
            }

            if (program is null)
            {
                continue;
            }

            var values = isOfRules ? OfRule() : LanguageTests.Values;
            string[] outcomes = [.. Enum.GetValues<CelTextMode>().Select(mode => CelValues.Show(program.Evaluate(values, mode, CelLimits.Default)))];
            printed.Append($"  {program.Type}{(program.Constant is { } constant ? $", always {constant}" : "")}, reads [{string.Join(", ", program.Reads.Order(StringComparer.Ordinal))}]: {string.Join(" | ", outcomes.Distinct())}\n");
        }
    }

    // What the floor makes of a line by itself, and what it says to the line where the hook understood it and where it did not.
    private static void PrintFloor(StringBuilder printed, string[] given, bool isOfLines)
    {
        foreach (var one in given)
        {
            printed.Append("* ").Append(one).Append('\n');
            var text = LanguageTests.Written(one);
            RequestedAccess[][] calls = isOfLines ? [Requests.Opaque(text), Requests.Simple(text)] : [[OfText(text)]];
            foreach (var command in isOfLines ? RoughCommands.OfLine(text) ?? [] : [])
            {
                printed.Append($"  {string.Join(' ', command.Assignments.Select(Quoted))}[{string.Join(' ', command.Words.Select(Quoted))}]{string.Concat(command.RedirectedTo.Select(static to => " > " + Quoted(to)))}\n");
            }

            foreach (var decision in calls.Select(static accesses => Evaluator.Evaluate(EverythingAllowed, Requests.For(accesses) with { SessionId = "12345678-abcd" })))
            {
                printed.Append($"  {decision.Effect} by {decision.Policy}/{decision.Rule}{(decision.ByFloor ? $": {decision.Reason}" : "")}\n");
            }
        }
    }

    // Each comparison on each resource: what an allow rule with it covers, and what a deny rule hits beyond that.
    private static void PrintMatrix(StringBuilder printed, string action, string[] given)
    {
        var calls = given[1].Split('\n').Select(text => (Text: text, Request: OfMatrix(action, LanguageTests.Written(text)))).ToList();
        foreach (var written in given[0].Split('\n'))
        {
            var comparison = LanguageTests.Written(written);
            printed.Append($"{written}\n");
            string[] effects = ["allow", "deny"];
            var bundles = effects.Select(effect => PolicyCompiler.Compile([new PolicySource("p.yaml", $"{{ name: p, rules: [ {{ id: r, effect: {effect}, actions: [\"{action}\"], conditions: {{ resource: {{ {comparison} }} }}, reason: r }} ] }}")], FloorSettings.Default)).ToList();
            if (bundles[1].Bundle is null || bundles[0].Bundle is null)
            {
                PrintDiagnostics(printed, bundles[1].Diagnostics);
                continue;
            }

            var decided = calls.Select(call => (call.Text, Allowed: Evaluator.Evaluate(bundles[0].Bundle!, call.Request).Effect == Effect.Allow, Denied: Evaluator.Evaluate(bundles[1].Bundle!, call.Request).Rule == "r")).ToList();
            printed.Append($"  allows {string.Join(" | ", decided.Where(static one => one.Allowed).Select(static one => one.Text))}\n");
            printed.Append($"  denies as well {string.Join(" | ", decided.Where(static one => one is { Denied: true, Allowed: false }).Select(static one => one.Text))}\n");
            decided.Should().NotContain(static one => one.Allowed && !one.Denied, "a deny rule means at least what an allow rule means");
        }
    }

    private static EvaluationRequest OfMatrix(string action, string text)
    {
        var isSubtree = text.EndsWith(" (all)", StringComparison.Ordinal);
        var spellings = (isSubtree ? text[..^" (all)".Length] : text).Split(" -> ");
        return Requests.For(action.EndsWith(":file", StringComparison.Ordinal)
            ? [Requests.File(action, spellings[0], spellings.Length > 1 ? spellings[1] : null, isSubtree)]
            : action == "execute:shell" ? Requests.Simple(spellings[0], spellings.Length > 1 ? spellings[1] : null) : [Requests.Access(action, text)]);
    }

    private static RequestedAccess OfText(string text)
    {
        var (action, resource) = (text[..text.IndexOf(' ', StringComparison.Ordinal)], text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        return resource.StartsWith('/') ? Requests.File(action, resource) : Requests.Access(action, resource);
    }

    private static string Quoted(string word) => JsonSerializer.Serialize(word, Readable);

    private static CelValue?[] OfRule()
    {
        var access = new RequestedAccess { Action = "execute:shell", Resource = "Git push origin main" };
        var request = Requests.For(access) with
        {
            Context = new ContextFacts { PermissionMode = "plan", Branch = "main" },
            Tool = ToolFact.Of("Bash", JsonDocument.Parse("{\"command\": \"Git push origin main\", \"timeout\": 60, \"env\": {\"A\": [1, 2.5, true, null]}}").RootElement, [access]),
        };
        return RuleVariables.Of(request, AccessView.From(access, 0, PathAnchors.From(request)), access.Resource);
    }

    private static void PrintChanges(StringBuilder printed, PolicyBundle bundle, IReadOnlyList<(string Name, string Text)> parts)
    {
        var after = parts.Where(static part => part.Name.StartsWith("after ", StringComparison.Ordinal)).Select(static part => new PolicySource(part.Name["after ".Length..], part.Text)).ToList();
        if (after.Count == 0)
        {
            return;
        }

        var (changes, tried) = BundleComparison.Compare(bundle, PolicyCompiler.Compile(after, FloorSettings.Default).Bundle!);
        printed.Append($"{changes.Count} of {tried} change\n");
        foreach (var change in changes)
        {
            printed.Append($"  {change.Access} ({change.Agent}): {change.Before.Effect} becomes {change.After.Effect}{(change.IsNewlyAllowed ? ", newly allowed" : "")}{(change.IsLooser ? ", looser" : "")}\n");
        }
    }

    /// <summary>A call of which every part can be stated; what is not stated is as in <see cref="Requests"/>.</summary>
    private sealed record Call
    {
        public required List<RequestedAccess> Accesses { get; init; }
        public AgentFacts? Agent { get; init; }
        public ContextFacts? Context { get; init; }
        public DateTimeOffset? Now { get; init; }
        public string? SessionId { get; init; }
        public WorkspaceProblem Workspace { get; init; }
        public string? Tool { get; init; }
        public JsonElement? Input { get; init; }

        public EvaluationRequest Request() => Requests.For([.. Accesses.Select(static access => access with { Real = access.Real ?? (access.Resource.StartsWith('/') ? access.Resource : null) })]) with
        {
            Agent = Agent ?? Requests.Agent,
            Context = Context ?? new ContextFacts(),
            Now = Now ?? Requests.Wednesday,
            SessionId = SessionId,
            Workspace = Workspace == WorkspaceProblem.None ? Requests.For().Workspace : new WorkspaceFact { Problem = Workspace },
            Tool = Tool is { } tool && Input is { } input ? ToolFact.Of(tool, input, Accesses) : null,
        };
    }
}
