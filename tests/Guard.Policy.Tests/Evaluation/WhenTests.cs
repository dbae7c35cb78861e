using System.Text.Json;
using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary><c>conditions.when</c>: variables, errors, polarity, spellings. POLICY-LANGUAGE, sections 1 and 3.</summary>
public sealed class WhenTests
{
    private const string Deploy = """{"environment":"staging","replicas":3,"ratio":0.5,"labels":["a","b"],"nested":{"deep":true},"none":null}""";

    [Theory]
    [InlineData("args.environment == 'staging'", true)]
    [InlineData("args.environment != 'production'", true)]
    [InlineData("args.replicas > 2 && args.ratio < 1.0 && 'b' in args.labels && args.nested.deep && args.none == null", true)]
    [InlineData("args.labels.exists(l, l == 'c')", false)]
    [InlineData("has(args.environment) && !has(args.region)", true)]
    [InlineData("tool == 'mcp__deploy__run' && action == 'invoke:mcp__deploy__run'", true)]
    [InlineData("resource.contains('staging')", true)]
    [InlineData("agent.name == 'claude-dev' && 'claude-code' in agent.tags && agent.trustTier == 'verified' && agent.owner == null && size(agent.groups) == 0", true)]
    [InlineData("now == timestamp('2026-03-04T10:00:00Z') && now.getHours('Europe/Berlin') == 11", true)]
    [InlineData("context.branch == 'main'", true)]
    public void When_OverTheVariables_DecidesTheRule(string expression, bool matches)
    {
        var request = Call("mcp__deploy__run", Deploy) with { Context = new ContextFacts { Branch = "main" } };

        Decide("allow", expression, request).Effect.Should().Be(matches ? Effect.Allow : Effect.Deny);
        Decide("deny", expression, request).Rule.Should().Be(matches ? "r" : null);
    }

    // Section 1, errors while evaluating: of a deny, approve or ask that effect applies, an allow does not match.
    [Theory]
    [InlineData("args.region == 'x'")]
    [InlineData("args.region != 'x'")]
    [InlineData("!(args.region == 'x')")]
    [InlineData("args.replicas / 0 == 1")]
    [InlineData("args.environment + 1 == 2")]
    [InlineData("args.replicas")]
    [InlineData("args.big.contains('x')")]
    [InlineData("args.labels.all(a, args.labels.all(b, int(a) > int(b)))")]
    public void When_WithAnError_IsNeverAMiss(string expression)
    {
        var request = Call("mcp__deploy__run", Deploy.Replace("\"none\":null", "\"big\":{\"$digest\":\"sha256:x\",\"$length\":9999}", StringComparison.Ordinal));

        foreach (var effect in new[] { Effect.Deny, Effect.Approve, Effect.Ask })
        {
            var decision = Decide(effect.ToString().ToLowerInvariant(), expression, request);
            (decision.Effect, decision.Rule).Should().Be((effect, "r"));
            decision.Errors.Should().ContainSingle().Which.Should().Contain("`when`");
        }

        var allowed = Decide("allow", expression, request);
        (allowed.Effect, allowed.Rule).Should().Be((Effect.Deny, null));
        allowed.Errors.Should().ContainSingle();
    }

    // Section 1: members that a known tool may leave out are no errors, the comparison is false.
    [Theory]
    [InlineData("args.timeout > 5", false)]
    [InlineData("args.timeout <= 5", false)]
    [InlineData("args.timeout == 5", false)]
    [InlineData("args.timeout != 5", false)]
    [InlineData("args.timeout + 1 > 5", false)]
    [InlineData("args.description.contains('x')", false)]
    [InlineData("args.description.matches('x')", false)]
    [InlineData("args.description.size() == 0", false)]
    [InlineData("args.description in ['x']", false)]
    [InlineData("args.run_in_background", false)]
    [InlineData("!args.run_in_background", true)]
    [InlineData("args.run_in_background || args.command == 'ls'", true)]
    [InlineData("has(args.timeout)", false)]
    [InlineData("args.run_in_background ? false : true", true)]
    public void Member_ThatAKnownToolMayLeaveOut_ComparesFalse(string expression, bool matches)
    {
        var request = Call("Bash", """{"command":"ls"}""");

        var decision = Decide("deny", expression, request);

        decision.Errors.Should().BeEmpty();
        decision.Rule.Should().Be(matches ? "r" : null);
    }

    [Theory]
    [InlineData("mcp__x__y", """{"command":"ls"}""", "args.timeout > 5")]
    [InlineData("Bash", """{"command":"ls"}""", "args.unheard > 5")]
    [InlineData("Bash", """[1]""", "args.command == 'ls'")]
    [InlineData("Bash", """{"command":"ls","command":"rm"}""", "args.command == 'ls'")]
    [InlineData("Bash", """{"command":"\ud800"}""", "args.command == 'ls'")]
    public void Input_ThatCannotBeReadAsAsked_IsAnError(string tool, string input, string expression) =>
        Decide("ask", expression, Call(tool, input)).Should().Match<Decision>(d => d.Rule == "r" && d.Errors.Count == 1);

    [Fact]
    public void Input_NotStated_IsAnError() => Decide("deny", "args.x == 1", Call("mcp__x__y", "{}") with { Tool = null }).Rule.Should().Be("r");

    [Theory]
    [InlineData(70, true)]
    [InlineData(50, false)]
    public void Input_NestedTooDeep_IsAnError(int depth, bool isError)
    {
        var input = $"{{\"x\":{new string('[', depth)}{new string(']', depth)},\"y\":1}}";

        Decide("deny", "args.y == 2", Call("t", input)).Errors.Count.Should().Be(isError ? 1 : 0);
    }

    [Fact]
    public void Command_ThatTravelledAsItsDigest_IsReadFromTheAccess()
    {
        var line = "git push " + new string('x', 5000);
        var accesses = Simple(line);
        var request = For(accesses) with { Tool = ToolFact.Of("Bash", Json("""{"command":{"$digest":"sha256:x","$length":5009,"$head":"git"}}"""), accesses) };

        var decision = Decide("deny", "args.command.endsWith('xyz')", request);

        (decision.Rule, decision.Errors.Count).Should().Be((null, 0));
    }

    [Fact]
    public void Path_OfAToolWithAFilePath_HasBothNames() =>
        Decide("deny", "args.path == '/a' && args.file_path == '/a'", Call("Write", """{"file_path":"/a","content":"x"}""")).Rule.Should().Be("r");

    // Section 1, polarity.
    [Theory]
    [InlineData("deny", "args.environment == 'STAGING'", true)]
    [InlineData("allow", "args.environment == 'STAGING'", false)]
    [InlineData("deny", "args.environment.matches('TAG')", true)]
    [InlineData("allow", "args.environment.matches('tag')", false)]
    [InlineData("allow", "args.environment.matches('s.*g')", true)]
    [InlineData("allow", "!args.environment.contains('STAG')", false)]
    [InlineData("allow", "args.environment != 'STAGING'", false)]
    [InlineData("deny", "args.environment != 'STAGING'", true)]
    public void Texts_ByPolarity_CompareGenerouslyOrExactly(string effect, string expression, bool matches) =>
        Decide(effect, expression, Call("mcp__deploy__run", Deploy)).Matched.Should().HaveCount(matches ? 1 : 0);

    [Theory]
    [InlineData("deny", "resource.endsWith('/.env')", true)]
    [InlineData("deny", "resource.endsWith('/notes')", true)]
    [InlineData("deny", "resource.startsWith('./')", true)]
    [InlineData("deny", "resource.endsWith('/notes') && resource.contains('.env')", false)]
    [InlineData("allow", "resource.endsWith('/notes')", false)]
    [InlineData("allow", "resource.startsWith('/home/dev/app/')", true)]
    public void Resource_OfASymlink_IsTriedInEverySpelling(string effect, string expression, bool matches)
    {
        var request = For(File("read:file", "./notes", real: "/home/dev/app/.env"));

        Decide(effect, expression, request).Matched.Should().HaveCount(matches ? 1 : 0);
    }

    [Fact]
    public void Block_AndWhen_AreNotMixedAcrossSpellings()
    {
        const string Policy = "name: p\nrules: [ { id: r, effect: deny, actions: ['read:file'], conditions: { resource: { endsWith: notes }, when: \"resource.endsWith('.env')\" } } ]";

        Requests.Decide(Policy, File("read:file", "./notes", real: "/home/dev/app/.env")).Rule.Should().BeNull();
    }

    [Fact]
    public void Resource_ThatCannotBeKnown_IsLeftToUnresolved()
    {
        var decision = Decide("deny", "resource.contains('x')", For(new RequestedAccess { Action = "read:file", Resource = "?", Unknown = true }));

        (decision.Effect, decision.Rule).Should().Be((Effect.Deny, null));
    }

    [Fact]
    public void Allow_WithAWhen_IsNoAllowForEverything()
    {
        var decision = Decide("allow", "true", For(Opaque("a; b")));

        (decision.Effect, decision.Rule).Should().Be((Effect.Deny, null));
    }

    [Fact]
    public void Deny_WithAWhen_CountsAgainstWhatIsOpaque()
    {
        const string Policy = """
            name: p
            rules:
              - { id: all, effect: allow, actions: ["*"] }
              - { id: r, effect: deny, actions: ["execute:shell"], conditions: { when: "args.command.contains('curl')" } }
            """;

        Requests.Decide(Policy, Opaque("a; b")).Effect.Should().Be(Effect.Deny);
    }

    // Section 3: a stated fact that can be forged can only tighten.
    [Theory]
    [InlineData("context.branch == 'main'")]
    [InlineData("context.branch != 'main'")]
    [InlineData("!has(context.branch)")]
    [InlineData("has(context.branch)")]
    [InlineData("context['branch'] == 'x'")]
    [InlineData("dyn(context).branch == 'x'")]
    public void Fact_NotStated_OnlyTightens(string expression)
    {
        var request = Call("mcp__deploy__run", Deploy);

        Decide("allow", expression, request).Effect.Should().Be(Effect.Deny);
        Decide("deny", expression, request).Rule.Should().Be("r");

        // An ask that applies for want of a fact does not replace the denial that holds without it.
        var asked = Decide("ask", expression, request);
        (asked.Effect, asked.Rule).Should().Be((Effect.Deny, null));
        asked.Matched.Should().ContainSingle();
    }

    [Fact]
    public void Fact_NotStated_DoesNotMatterWhereSomethingElseDecides()
    {
        var request = Call("mcp__deploy__run", Deploy);

        Decide("allow", "context.branch == 'main' || args.replicas == 3", request).Effect.Should().Be(Effect.Allow);
        Decide("deny", "context.branch == 'main' && args.replicas == 4", request).Rule.Should().BeNull();
    }

    [Fact]
    public void Explanation_OfAWhen_SaysWhatItWas()
    {
        var bundle = Bundle(Document("deny", "args.replicas == 4"));

        Evaluator.Evaluate(bundle, Call("mcp__deploy__run", Deploy), explain: true).Trace.Single().Because.Should().Be("`when` is false: args.replicas == 4");
    }

    [Theory]
    [InlineData("when: args.x = 1", 8, 20)]
    [InlineData("when: \"args.x = 1\"", 8, 21)]
    [InlineData("when: 'args.x + ''a'' = 1'", 8, 29)]
    [InlineData("when: |\n        true &&\n        args.x = 1", 10, 16)]
    [InlineData("when: >-\n        true &&\n\n          args.x = 1", 11, 18)]
    [InlineData("when: \"true &&\n        args.x = 1\"", 9, 16)]
    [InlineData("when: \"'\\u0061' != args.x = 1\"", 8, 13)]
    public void Problem_InAnExpression_HasItsOwnPlace(string line, int expectedLine, int expectedColumn)
    {
        var document = $"name: p\nrules:\n  - id: r\n    effect: deny\n    actions:\n      - 'read:file'\n    conditions:\n      {line}\n";

        var diagnostic = PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default).Diagnostics.Should().ContainSingle().Which;

        (diagnostic.Code, diagnostic.Line, diagnostic.Column).Should().Be(("GRD054", expectedLine, expectedColumn), diagnostic.ToString());
    }

    [Fact]
    public void Problems_OfSeveralExpressions_AreAllReported()
    {
        var document = "name: p\nrules:\n" + string.Concat(new[] { "arg.x == 1 && tol == 'x'", "args.x ==", "resource.contain('x')" }
            .Select(e => $"  - {{ effect: deny, actions: ['read:file'], conditions: {{ when: \"{e}\" }} }}\n"));

        PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default).Diagnostics.Select(d => d.Code).Should().Equal("GRD055", "GRD055", "GRD054", "GRD055");
    }

    private static EvaluationRequest Call(string tool, string input)
    {
        var access = new RequestedAccess { Action = "invoke:" + tool, Resource = input, Primary = true };
        return For(access) with { Tool = ToolFact.Of(tool, Json(input), [access]) };
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 200 });
        return document.RootElement.Clone();
    }

    private static string Document(string effect, string expression) =>
        $"name: p\nrules:\n  - id: r\n    effect: {effect}\n    actions: ['*']\n    conditions:\n      when: |-\n        {expression}\n";

    private static Decision Decide(string effect, string expression, EvaluationRequest request) => Evaluator.Evaluate(Bundle(Document(effect, expression)), request);
}
