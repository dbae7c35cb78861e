using Guard.Policy.Evaluation;
using Guard.Policy.Tests.Indexing;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary>A workspace's own policy, which anybody who can write there wrote: it can only make decisions stricter.</summary>
public sealed class WorkspacePolicyTests
{
    private const string Central = """
        name: central
        rules:
          - { id: files, effect: allow, actions: ["read:file", "write:file"], conditions: { resource: { matches: "./**" } } }
        """;

    [Theory]
    [InlineData("deny", Effect.Deny)]
    [InlineData("ask", Effect.Ask)]
    [InlineData("approve", Effect.Approve)]
    public void Rule_OverWhatIsAllowed_Tightens(string effect, Effect expected)
    {
        var bundle = With($$"""{ name: mine, rules: [ { id: r, effect: {{effect}}, actions: ["write:file"], conditions: { resource: { matches: "./db/**" } } } ] }""");

        var decision = Evaluator.Evaluate(bundle, For(File("write:file", "./db/x.sql")));
        (decision.Effect, decision.Policy, decision.Rule).Should().Be((expected, "workspace:mine", "r"));
        Evaluator.Evaluate(bundle, For(File("write:file", "./src/x"))).Effect.Should().Be(Effect.Allow);
    }

    [Fact]
    public void Ask_OverWhatNothingAllows_StaysADenial() =>
        Evaluator.Evaluate(With("""{ rules: [ { effect: ask, actions: ["*"] } ], defaultEffect: ask, shell: { unresolved: ask } }"""), For(Access("delegate:agent", "x")))
            .Effect.Should().Be(Effect.Deny);

    [Theory]
    [InlineData("""{ rules: [ { effect: allow, actions: ["*"] } ] }""", "GRD059")]
    [InlineData("""{ rules: [ { effect: deny, actions: ["*"] } ], defaultEffect: allow }""", "GRD059")]
    [InlineData("""{ rules: [ { effect: deny, actions: ["*"] } ], audit: { redact: ["/tool_input"] } }""", "GRD059")]
    [InlineData("rules: [ { effect: deny", "GRD001")]
    [InlineData("", "GRD007")]
    [InlineData("{ name: 'workspace:x', rules: [ { effect: deny, actions: ['*'] } ] }", "GRD025")]
    public void Document_ThatLoosensOrIsBroken_IsRefused(string text, string code)
    {
        var result = WorkspacePolicyCompiler.Compile(Bundle(Central), new PolicySource(".guard/policy.yaml", text));

        result.Succeeded.Should().BeFalse();
        result.Diagnostics.Should().Contain(d => d.Code == code && d.File == ".guard/policy.yaml");
    }

    [Fact]
    public void Names_ToLookForInSubtrees_AreThoseOfBoth()
    {
        var central = Bundle("""{ name: a, rules: [ { effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/.env" } } } ] }""");

        var both = WorkspacePolicyCompiler.Compile(central, new PolicySource("p", """{ rules: [ { effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/mine.txt" } } } ] }""")).Bundle!;

        both.WalkNames.Should().Contain([".env", "mine.txt"]);
        (both.WalkId, both.Hash).Should().NotBe((central.WalkId, central.Hash));
    }

    // Seeds are fixed: documents with every condition on top of others with every condition, and calls that meet both.
    [Fact]
    public void Decision_WithAWorkspacesPolicy_IsNeverWeaker()
    {
        var (compared, stricter) = (0, 0);
        for (var seed = 5_000; seed < 5_000 + TestRuns.Times(120); seed++)
        {
            var cases = new RandomCases(seed);
            var bundle = PolicyCompiler.Compile(cases.Policies(), FloorSettings.Default).Bundle!;
            foreach (var source in cases.Policies())
            {
                var tightening = source with { Text = source.Text.Replace("effect: allow", "effect: ask", StringComparison.Ordinal).Replace(", grant: true", "", StringComparison.Ordinal).Replace("defaultEffect: allow", "defaultEffect: ask", StringComparison.Ordinal) };
                var result = WorkspacePolicyCompiler.Compile(bundle, tightening);
                result.Succeeded.Should().BeTrue(string.Join('\n', result.Diagnostics));
                for (var i = 0; i < 20; i++)
                {
                    var request = cases.Request();
                    var (before, after) = (Evaluator.Evaluate(bundle, request), Evaluator.Evaluate(result.Bundle!, request));
                    after.Effect.Should().BeOneOf([.. Enum.GetValues<Effect>().Where(e => e >= before.Effect)], "seed {0}, call {1}: {2}\n{3}", seed, i, tightening.Text, after);
                    (after.Granted && !before.Granted).Should().BeFalse();
                    compared++;
                    stricter += after.Effect > before.Effect ? 1 : 0;
                }
            }
        }

        stricter.Should().BeGreaterThan(compared / 50);
    }

    // The same for a denial among an organisation's own rules, with every condition: commands with words that nobody knows as well.
    [Fact]
    public void Decision_WithOneMoreDenial_IsNeverWeaker()
    {
        for (var seed = 7_000; seed < 7_000 + TestRuns.Times(150); seed++)
        {
            var cases = new RandomCases(seed);
            var sources = cases.Policies();
            var denial = new RandomCases(seed + 100_000).Policies()[0].Text.Split('\n').Last(l => l.StartsWith("  - ", StringComparison.Ordinal));
            denial = "  - { id: added, effect: deny" + denial[denial.IndexOf(", actions", StringComparison.Ordinal)..].Replace(", grant: true", "", StringComparison.Ordinal).Replace(", approval: { timeout: 30m }", "", StringComparison.Ordinal);
            var before = PolicyCompiler.Compile(sources, FloorSettings.Default).Bundle!;
            var more = PolicyCompiler.Compile([sources[0] with { Text = sources[0].Text + "\n" + denial }, .. sources[1..]], FloorSettings.Default);
            more.Succeeded.Should().BeTrue("{0}", string.Join('\n', more.Diagnostics));
            for (var i = 0; i < 20; i++)
            {
                var request = cases.Request();
                (Evaluator.Evaluate(more.Bundle!, request).Effect >= Evaluator.Evaluate(before, request).Effect).Should().BeTrue("seed {0}, call {1}: {2}", seed, i, denial);
            }
        }
    }

    [Fact]
    public void Denial_ThatDependsOnUnknownWords_LeavesADenialOne()
    {
        var command = new RequestedAccess
        {
            Action = "execute:shell",
            Resource = "git ?",
            Canonical = "git ?",
            Words = ["git", "?"],
            Command = new RequestedCommand { Program = "git", OnPath = true, Arguments = ["?"], Open = true },
        };
        const string Push = """{ name: p, shell: { unresolved: ask }, rules: [ { effect: deny, actions: ["execute:shell"], conditions: { command: { program: git, subcommand: push } } } ] }""";

        Evaluator.Evaluate(Bundle(Push), For(command)).Effect.Should().Be(Effect.Deny);
        Evaluator.Evaluate(Bundle(Push, """{ name: q, rules: [ { effect: allow, actions: ["execute:shell"], conditions: { command: { program: git } } } ] }"""), For(command)).Effect.Should().Be(Effect.Ask);
    }

    private static PolicyBundle With(string document)
    {
        var result = WorkspacePolicyCompiler.Compile(Bundle(Central), new PolicySource(".guard/policy.yaml", document));
        result.Succeeded.Should().BeTrue(string.Join('\n', result.Diagnostics));
        return result.Bundle!;
    }
}
