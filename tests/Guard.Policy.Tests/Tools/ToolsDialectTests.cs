using System.Text.Json;
using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Tools;

/// <summary>The tools dialect. POLICY-LANGUAGE, section 4.</summary>
public sealed class ToolsDialectTests
{
    private const string Shell = """
        metadata: { name: t }
        tools:
          - name: bash
            conditions:
              - { expression: "args.command.startsWith('sudo')", action: deny, message: "Run this yourself: {{ args.command }}" }
              - { expression: "args.command.contains('git push')", approval_workflow: manual-approval, timeout_seconds: 300 }
              - { expression: "args.command == 'make'", action: allow }
              - { expression: "args.command.startsWith('make')", action: deny }
        """;

    [Theory]
    [InlineData("sudo ls", null, Effect.Deny, "bash/1")]
    [InlineData("SUDO ls", null, Effect.Deny, "bash/1")]
    [InlineData("git push", null, Effect.Approve, "bash/2")]
    [InlineData("git -C x push", "git push", Effect.Approve, "bash/2")]
    [InlineData("make", null, Effect.Allow, "bash/3")]
    [InlineData("make all", null, Effect.Deny, "bash/4")]
    [InlineData("git status", null, Effect.Allow, "bash")]
    public void Shell_OfASimpleCommand_IsDecidedByTheFirstMatch(string line, string? canonical, Effect effect, string rule)
    {
        var decision = Decide(Shell, Simple(line, canonical));

        (decision.Effect, decision.Rule, decision.Policy).Should().Be((effect, rule, "t"));
    }

    [Fact]
    public void Message_OfACondition_IsFilledIn() => Decide(Shell, Simple("sudo ls")).Reason.Should().Be("Run this yourself: sudo ls");

    [Fact]
    public void Approval_OfACondition_HasItsWorkflowAndTimeOut() =>
        Decide(Shell, Simple("git push")).Approval.Should().BeEquivalentTo(new RequiredApproval(["manual-approval"], TimeSpan.FromSeconds(300)));

    // "An allow on a raw line of several commands is ignored"; each command is a run of its own, the strongest outcome wins.
    [Theory]
    [InlineData("git status; sudo ls", Effect.Deny, "bash/1")]
    [InlineData("git status; git push", Effect.Approve, "bash/2")]
    [InlineData("git push; sudo ls", Effect.Deny, "bash/1")]
    [InlineData("git status; git diff", Effect.Allow, "bash")]
    [InlineData("make; make all", Effect.Deny, "bash/4")]
    public void Shell_OfSeveralCommands_IsDecidedByTheStrongest(string line, Effect effect, string rule)
    {
        var commands = line.Split("; ").Select(c => Access("execute:shell", c));

        var decision = Decide(Shell, [Access("execute:shell", line) with { Primary = true, Inert = true }, .. commands]);

        (decision.Effect, decision.Rule).Should().Be((effect, rule));
    }

    [Theory]
    [InlineData(true, Effect.Deny)]
    [InlineData(false, Effect.Allow)]
    public void Allow_OfARawLine_CountsOnlyWhereItIsOneCommand(bool several, Effect effect)
    {
        const string Policy = """
            tools:
              - name: bash
                conditions:
                  - { expression: "args.command.startsWith('git status')", action: allow }
                  - { expression: "args.command.contains('rm')", action: deny }
            """;
        var commands = several ? [Access("execute:shell", "git status"), Access("execute:shell", "rm x")] : new[] { Access("execute:shell", "git status; rm x") };

        Decide(Policy, [Access("execute:shell", "git status; rm x") with { Primary = true, Inert = true }, .. commands]).Effect.Should().Be(effect);
    }

    // "That allow covers the call's derived accesses, but not opaque, unknown or code."
    [Theory]
    [InlineData("read:file", "/etc/hosts", false, Effect.Allow)]
    [InlineData("delete:file", "/srv/x", false, Effect.Allow)]
    [InlineData("connect:network", "example.com", false, Effect.Allow)]
    [InlineData("read:env", "HOME", false, Effect.Allow)]
    [InlineData("execute:code", "print(1)", false, Effect.Deny)]
    [InlineData("execute:opaque", "x", false, Effect.Deny)]
    [InlineData("read:file", "?", true, Effect.Deny)]
    public void Allow_OfACall_CoversWhatItCausesButNotWhatCannotBeKnown(string action, string resource, bool unknown, Effect effect) =>
        Decide(Shell, [.. Simple("git status"), File(action, resource) with { Unknown = unknown }]).Effect.Should().Be(effect);

    // What waits for a person waits with everything it causes, rather than being denied for want of a rule.
    [Fact]
    public void Approval_OfACall_StandsForWhatItCauses() =>
        Decide(Shell, [.. Simple("git push"), File("read:file", "/etc/hosts")]).Effect.Should().Be(Effect.Approve);

    // "An entry for read, write, edit or web also judges derived accesses of that action."
    [Theory]
    [InlineData("write", "write:file", "./.env", Effect.Deny)]
    [InlineData("write", "delete:file", "./.env", Effect.Deny)]
    [InlineData("edit", "write:file", "./.env", Effect.Deny)]
    [InlineData("write", "write:file", "./a", Effect.Allow)]
    [InlineData("write", "read:file", "./.env", Effect.Allow)]
    [InlineData("read", "read:file", "./.env", Effect.Deny)]
    [InlineData("READ", "read:file", "./.ENV", Effect.Deny)]
    public void Entry_OfFiles_JudgesWhatCommandsCause(string entry, string action, string path, Effect effect)
    {
        var policy = $"tools:\n  - name: bash\n  - {{ name: {entry}, conditions: [ {{ expression: \"args.path.endsWith('.env')\", action: deny }} ] }}\n";

        Decide(policy, [.. Simple("x"), File(action, path)]).Effect.Should().Be(effect);
    }

    [Theory]
    [InlineData("read:web_fetch", Effect.Deny)]
    [InlineData("write:web", Effect.Deny)]
    [InlineData("connect:network", Effect.Allow)]
    public void Entry_OfTheWeb_JudgesWhatCommandsCause(string action, Effect effect)
    {
        const string Policy = "tools:\n  - name: bash\n  - { name: web_fetch, conditions: [ { expression: \"args.url.contains('evil')\", action: deny } ] }\n";

        Decide(Policy, [.. Simple("curl x"), Access(action, "https://evil.example/")]).Effect.Should().Be(effect);
    }

    [Fact]
    public void Entry_OfFiles_IsNoEntryForTheCommandItself() =>
        Decide("tools: [ { name: write } ]", [.. Simple("cp a b"), File("write:file", "./b")]).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Reason.Contains("no rule allows `execute:shell"));

    [Fact]
    public void Entry_WithAConditionOverInput_CountsForAFolderThatCouldHoldIt()
    {
        const string Policy = "tools:\n  - { name: read, conditions: [ { expression: \"args.path.endsWith('.env')\", action: deny } ] }\n";

        Decide(Policy, File("read:file", "./src", subtree: true) with { Primary = true }).Rule.Should().Be("read/1");
    }

    [Theory]
    [InlineData("deny", Effect.Deny, "unknown_tools")]
    [InlineData("allow", Effect.Allow, "unknown_tools")]
    [InlineData("require_approval", Effect.Approve, "unknown_tools")]
    [InlineData(null, Effect.Deny, null)]
    public void Tool_WithoutAnEntry_GetsWhatIsStatedForUnknownOnes(string? stated, Effect effect, string? rule)
    {
        var policy = "tools: [ { name: bash } ]\n" + (stated is null ? "" : $"defaults: {{ unknown_tools: {stated} }}\n");

        var decision = Evaluator.Evaluate(Bundle(policy), Call("mcp__x__y", "{}"));

        (decision.Effect, decision.Rule).Should().Be((effect, rule));
    }

    [Fact]
    public void Tool_ThatTouchesOnlyTheConversation_NeedsNoEntry() =>
        Decide("tools: [ { name: bash } ]\ndefaults: { unknown_tools: deny }", Access("invoke:TodoWrite", "{}") with { Primary = true, Inert = true }).Effect.Should().Be(Effect.Allow);

    [Theory]
    [InlineData("{ name: deploy, source: ops }", "mcp__ops__deploy", true)]
    [InlineData("{ name: deploy, source: ops }", "mcp__other__deploy", false)]
    [InlineData("{ name: deploy, source: mcp }", "mcp__other__deploy", true)]
    [InlineData("{ name: mcp__ops__deploy }", "mcp__ops__deploy", true)]
    [InlineData("{ name: mcp__ops__deploy, source: mcp }", "mcp__ops__deploy", true)]
    [InlineData("{ name: mcp__ops__deploy }", "mcp__ops__deploy2", false)]
    [InlineData("{ name: Deploy, source: ops }", "mcp__ops__deploy", false)]
    [InlineData("{ name: read, source: ops }", "mcp__ops__read", true)]
    [InlineData("{ name: read }", "mcp__ops__read", false)]
    [InlineData("{ name: Skill }", "Skill", true)]
    [InlineData("{ name: skill }", "Skill", true)]
    public void Entry_OfATool_AllowsThatToolAlone(string entry, string tool, bool allowed) =>
        Evaluator.Evaluate(Bundle($"tools: [ {entry} ]"), Call(tool, "{}")).Effect.Should().Be(allowed ? Effect.Allow : Effect.Deny);

    // A name in another case passes no deny by.
    [Fact]
    public void Entry_InAnotherCase_StillDenies() =>
        Evaluator.Evaluate(Bundle("tools: [ { name: Deploy, source: Ops, enabled: false } ]\ndefaults: { unknown_tools: allow }"), Call("mcp__ops__deploy", "{}")).Rule.Should().Be("Ops/Deploy");

    [Fact]
    public void Tool_Disabled_IsDenied() => Decide("tools: [ { name: bash, enabled: false } ]", Simple("ls")).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Reason.Contains("disabled"));

    // Section 1, errors: of a deny or approval that effect applies, an allow does not match.
    [Theory]
    [InlineData("action: deny", Effect.Deny, "mcp__ops__deploy/1")]
    [InlineData("approval_workflow: manual-approval", Effect.Deny, "mcp__ops__deploy/2")]
    [InlineData("action: allow", Effect.Deny, "mcp__ops__deploy/2")]
    public void Condition_WithAnError_IsNeverAMiss(string outcome, Effect effect, string rule)
    {
        var policy = $"tools:\n  - name: mcp__ops__deploy\n    conditions:\n      - {{ expression: \"args.missing == 'x'\", {outcome} }}\n      - {{ expression: \"args.present == 1\", action: deny }}\n";

        var decision = Evaluator.Evaluate(Bundle(policy), Call("mcp__ops__deploy", """{"present":1}"""));

        (decision.Effect, decision.Rule).Should().Be((effect, rule));
        decision.Errors.Should().HaveCount(outcome == "action: allow" ? 0 : 1);
    }

    [Fact]
    public void Fact_NotStated_OnlyTightens()
    {
        const string Policy = "tools: [ { name: mcp__a__b, conditions: [ { expression: \"context.branch == 'main'\", approval_workflow: manual-approval } ] } ]";
        const string Deny = "name: d\nrules: [ { effect: deny, actions: ['invoke:*'] } ]";

        Evaluator.Evaluate(Bundle(Policy), Call("mcp__a__b", "{}")).Effect.Should().Be(Effect.Approve);
        Evaluator.Evaluate(Bundle(Policy, Deny), Call("mcp__a__b", "{}")).Effect.Should().Be(Effect.Deny);
    }

    // Section 3: the two dialects combine like any two policies.
    [Theory]
    [InlineData("deny", Effect.Deny, "rules")]
    [InlineData("approve", Effect.Approve, "rules")]
    [InlineData("ask", Effect.Ask, "rules")]
    [InlineData("allow", Effect.Allow, "rules")]
    public void Dialects_Together_TheStrongestWins(string effect, Effect expected, string policy)
    {
        var rules = $"name: rules\nrules: [ {{ effect: {effect}, actions: ['execute:shell'] }} ]";

        Evaluator.Evaluate(Bundle("metadata: { name: tools }\ntools: [ { name: bash } ]", rules), For(Simple("git status"))).Should()
            .Match<Decision>(d => d.Effect == expected && d.Policy == policy);
    }

    [Fact]
    public void Condition_OfTheToolsDialect_CountsAgainstWhatIsOpaque()
    {
        const string Rules = "name: rules\nrules: [ { effect: allow, actions: ['*'] } ]";

        Evaluator.Evaluate(Bundle(Rules), For(Opaque("a; b"))).Effect.Should().Be(Effect.Allow);
        Evaluator.Evaluate(Bundle(Shell, Rules), For(Opaque("a; b"))).Effect.Should().Be(Effect.Deny);
    }

    [Fact]
    public void Document_WithAppliesToAndShell_IsReadAsInTheOtherDialect()
    {
        const string Policy = "appliesTo: { tags: [other] }\nshell: { unresolved: ask }\ntools: [ { name: bash } ]";

        Decide(Policy, Simple("ls")).Reason.Should().Contain("no policy applies");
        Decide(Policy.Replace("other", "claude-code", StringComparison.Ordinal), Opaque("a; b")).Effect.Should().Be(Effect.Ask);
    }

    [Fact]
    public void Explanation_NamesEveryOutcomeOfEveryEntry()
    {
        var trace = Evaluator.Evaluate(Bundle(Shell), For(Simple("git push")), explain: true).Trace;

        trace.Where(t => t.Access == 1).Select(t => (t.Rule, t.Matched)).Should().BeEquivalentTo([("bash/1", false), ("bash/2", true), ("bash/3", false), ("bash/4", false), ("bash", false)]);
    }

    // A condition that matches only by generosity must not hide a stronger one behind it.
    [Theory]
    [InlineData("args.command.contains('PUSH')")]
    [InlineData("args.nosuch == 1")]
    [InlineData("context.branch == 'x'")]
    public void Condition_ThatDoesNotPlainlyMatch_DoesNotEndTheRun(string expression)
    {
        var policy = $"tools:\n  - name: bash\n    conditions:\n      - {{ expression: \"{expression}\", approval_workflow: manual-approval }}\n      - {{ expression: \"args.command.contains('push')\", action: deny }}\n";

        Decide(policy, Simple("git push")).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Rule == "bash/2");
    }

    [Fact]
    public void Runs_OfRandomConditions_AreNeverWeakerThanTheStandardFirstMatch()
    {
        string[] expressions =
        [
            "args.command.contains('rm')", "args.command.contains('RM')", "!args.command.contains('Rm')", "args.command == 'rm x'", "args.command != 'RM X'", "args.command.matches('^r')", "args.command.matches('M')",
            "args.command.startsWith('git ') || args.command.endsWith('X')", "'RM X' in [args.command]", "true", "size(args.command) > 4",
        ];
        (string Text, Effect Effect)[] outcomes = [("action: allow", Effect.Allow), ("action: deny", Effect.Deny), ("approval_workflow: manual-approval", Effect.Approve)];
        string[] lines = ["rm x", "RM X", "git rm", "Rm", "ls"];
        var random = new Random(11);
        for (var round = 0; round < TestRuns.Times(500); round++)
        {
            var conditions = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (Expression: expressions[random.Next(expressions.Length)], Outcome: outcomes[random.Next(outcomes.Length)])).ToList();
            var line = lines[random.Next(lines.Length)];
            var policy = "tools:\n  - name: bash\n    conditions:\n" + string.Concat(conditions.Select(c => $"      - {{ expression: \"{c.Expression}\", {c.Outcome.Text} }}\n"));
            var variable = ("args", (Policy.Cel.CelValue)Policy.Cel.CelMap.Empty.With("command", new Policy.Cel.CelString(line)));
            var standard = conditions.Where(c => Cel.CelValues.Evaluate(c.Expression, true, variable) == Policy.Cel.CelBool.True).Select(c => c.Outcome.Effect).FirstOrDefault(Effect.Allow);

            Decide(policy, Simple(line)).Effect.Should().BeOneOf(Enum.GetValues<Effect>().Where(e => e >= standard), "of {0} with {1}", policy, line);
        }
    }

    [Fact]
    public void Fact_GoesMissingInRandomConditions_OnlyTightens()
    {
        string[] expressions =
        [
            "context.branch == 'main'", "context.branch != 'main'", "!has(context.branch)", "context.branch == 'main' || args.command == 'rm x'", "context.branch == 'main' && args.command == 'rm x'",
            "args.command == 'rm x'", "args.nosuch == 1 && context.branch == 'main'", "context['project'] == 'acme' && context.branch == 'main'",
        ];
        string[] outcomes = ["action: allow", "action: deny", "approval_workflow: manual-approval"];
        var random = new Random(12);
        for (var round = 0; round < TestRuns.Times(1000); round++)
        {
            var policy = "tools:\n  - name: bash\n    conditions:\n"
                + string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"      - {{ expression: \"{expressions[random.Next(expressions.Length)]}\", {outcomes[random.Next(outcomes.Length)]} }}\n"));
            var bundle = Bundle(policy);
            var facts = new ContextFacts { Branch = random.Next(2) == 0 ? "main" : "dev", Project = random.Next(2) == 0 ? "acme" : "x" };
            RequestedAccess[] accesses = [.. Simple(random.Next(2) == 0 ? "rm x" : "ls"), File("read:file", "./a")];
            var before = Evaluator.Evaluate(bundle, For(accesses) with { Context = facts }).Effect;
            foreach (var fewer in new[] { facts with { Branch = null }, facts with { Project = null }, new ContextFacts() })
            {
                Evaluator.Evaluate(bundle, For(accesses) with { Context = fewer }).Effect.Should().BeOneOf(Enum.GetValues<Effect>().Where(e => e >= before), "of {0} with {1}", policy, facts);
            }
        }
    }

    [Fact]
    public void Address_OfACall_IsTriedInItsCanonicalFormToo()
    {
        const string Policy = "tools: [ { name: web_fetch, conditions: [ { expression: \"args.url.contains('//admin.shop.example/')\", action: deny } ] } ]";

        Decide(Policy, Access("read:web_fetch", "https://ADMIN.shop.example:443") with { Primary = true }).Rule.Should().Be("web_fetch/1");
    }

    // Entries have no order; only the conditions of one do.
    [Fact]
    public void Entries_Shuffled_ChangeNothing()
    {
        string[] entries =
        [
            "{ name: bash, conditions: [ { expression: \"args.command.contains('a')\", approval_workflow: manual-approval } ] }",
            "{ name: write, conditions: [ { expression: \"args.path.contains('b')\", action: deny } ] }",
            "{ name: edit, approval_workflow: manual-approval }", "{ name: read, conditions: [ { expression: 'args.nosuch == 1', action: deny } ] }", "{ name: mcp__x__y, enabled: false }",
        ];
        RequestedAccess[] accesses = [File("write:file", "./b"), File("read:file", "./b"), File("write:file", "./c"), Access("invoke:mcp__x__y", "{}"), .. Simple("cat a")];
        var random = new Random(7);
        for (var round = 0; round < TestRuns.Times(300); round++)
        {
            var shuffled = entries.ToArray();
            random.Shuffle(shuffled);
            RequestedAccess[] some = [.. accesses.Where(_ => random.Next(2) == 0), accesses[random.Next(accesses.Length)]];
            var one = Decide($"tools: [ {string.Join(", ", entries)} ]", some);
            var other = Decide($"tools: [ {string.Join(", ", shuffled)} ]", some);
            (one.Effect, one.Policy, one.Rule, one.Access, one.Reason).Should().Be((other.Effect, other.Policy, other.Rule, other.Access, other.Reason));
            one.Matched.Should().Equal(other.Matched);
        }
    }

    private static EvaluationRequest Call(string tool, string input)
    {
        using var document = JsonDocument.Parse(input);
        var access = new RequestedAccess { Action = "invoke:" + tool, Resource = input, Primary = true };
        return For(access) with { Tool = ToolFact.Of(tool, document.RootElement.Clone(), [access]) };
    }
}
