using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary>Section "Combining" of the language, one test per sentence.</summary>
public sealed class CombiningTests
{
    private const string Everything = """
        name: p
        rules:
          - { id: all, effect: allow, actions: ["*"] }
        """;

    [Fact]
    public void Decision_NoAccessStated_IsDenied() =>
        Decide(Everything).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Reason.Contains("nothing that it would do"));

    [Fact]
    public void Decision_NothingMatches_NamesTheRuleThatIsMissing()
    {
        var decision = Decide("""{ name: p, rules: [ { effect: allow, actions: ["read:file"] } ] }""", File("write:file", "./out.txt"));

        decision.Effect.Should().Be(Effect.Deny);
        decision.Policy.Should().BeNull();
        decision.Reason.Should().Be("no rule allows `write:file ./out.txt`");
    }

    [Fact]
    public void Decision_NoPolicyApplies_IsDeniedAndSaysSo()
    {
        var decision = Decide("""{ name: p, appliesTo: { tags: [other] }, rules: [ { effect: allow, actions: ["*"] } ] }""", File("read:file", "./a"));

        decision.Effect.Should().Be(Effect.Deny);
        decision.Reason.Should().Be("no policy applies to the agent `claude-dev`, so nothing is allowed");
    }

    [Theory]
    [InlineData("allow", "ask", "ask")]
    [InlineData("ask", "approve", "approve")]
    [InlineData("approve", "deny", "deny")]
    [InlineData("allow", "deny", "deny")]
    public void Access_TwoRulesMatch_StrongestEffectWins(string weak, string strong, string expected)
    {
        var document = $$"""
            name: p
            rules:
              - { id: a-weak, effect: {{weak}}, actions: ["read:file"] }
              - { id: b-strong, effect: {{strong}}, actions: ["read:file"] }
            """;

        var decision = Decide(document, File("read:file", "./a"));

        decision.Effect.Should().Be(Enum.Parse<Effect>(expected, ignoreCase: true));
        decision.Rule.Should().Be("b-strong");
        decision.Matched.Select(m => m.Rule).Should().Equal("b-strong", "a-weak");
    }

    [Fact]
    public void Call_OneAccessIsNotAllowed_IsDeniedForThatOne()
    {
        var decision = Decide("""{ name: p, rules: [ { effect: allow, actions: ["read:file"] } ] }""", File("read:file", "./a"), File("write:file", "./b"));

        decision.Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Access == 1);
    }

    [Fact]
    public void Equals_SeveralRules_FirstByPolicyAndIdDecides()
    {
        var bundle = Bundle(
            """{ name: zeta, rules: [ { id: a, effect: deny, actions: ["read:file"] } ] }""",
            """{ name: alpha, rules: [ { id: y, effect: deny, actions: ["read:file"] }, { id: x, effect: deny, actions: ["read:file"] } ] }""");

        var decision = Evaluator.Evaluate(bundle, For(File("read:file", "./a")));

        (decision.Policy, decision.Rule).Should().Be(("alpha", "x"));
    }

    [Theory]
    [InlineData("allow", Effect.Allow)]
    [InlineData("ask", Effect.Ask)]
    [InlineData("approve", Effect.Approve)]
    [InlineData("deny", Effect.Deny)]
    public void Default_NoRuleMatches_Decides(string stated, Effect expected)
    {
        var decision = Decide($$"""{ name: p, rules: [ { effect: deny, actions: ["read:env"] } ], defaultEffect: {{stated}} }""", File("read:file", "./a"));

        decision.Should().Match<Decision>(d => d.Effect == expected && d.Policy == "p" && d.Rule == "default");
    }

    [Fact]
    public void Default_TwoPoliciesState_StrongestWins()
    {
        var bundle = Bundle(
            """{ name: a, rules: [ { effect: deny, actions: ["read:env"] } ], defaultEffect: allow }""",
            """{ name: b, rules: [ { effect: deny, actions: ["read:env"] } ], defaultEffect: ask }""");

        Evaluator.Evaluate(bundle, For(File("read:file", "./a"))).Should().Match<Decision>(d => d.Effect == Effect.Ask && d.Policy == "b");
    }

    [Theory]
    [InlineData("execute:opaque")]
    [InlineData("execute:code")]
    public void DefaultAllow_OpaqueOrCode_IsNotCovered(string action) =>
        Decide("""{ name: p, rules: [ { effect: deny, actions: ["read:env"] } ], defaultEffect: allow }""", Access(action, "x"))
            .Effect.Should().Be(Effect.Deny);

    [Fact]
    public void Grant_EveryAllowGrants_IsGranted()
    {
        const string Document = """
            name: p
            rules:
              - { effect: allow, grant: true, actions: ["read:file"] }
              - { effect: allow, actions: ["write:file"] }
            """;

        Decide(Document, File("read:file", "./a"), File("read:file", "./b")).Granted.Should().BeTrue();
        Decide(Document, File("read:file", "./a"), File("write:file", "./b")).Granted.Should().BeFalse();
    }

    [Fact]
    public void Grant_OnlyInertAccesses_IsNotGranted() =>
        Decide("""{ name: p, rules: [ { effect: allow, grant: true, actions: ["*"] } ] }""", Simple("x")[0]).Granted.Should().BeFalse();

    [Fact]
    public void Inert_NothingAgainstAndSomePolicyApplies_Passes() =>
        Decide("""{ name: p, rules: [ { effect: allow, actions: ["read:env"] } ], defaultEffect: deny }""", Simple("echo hi")[0]).Effect.Should().Be(Effect.Allow);

    [Fact]
    public void Inert_NoPolicyApplies_IsDenied() =>
        Decide("""{ name: p, appliesTo: { tags: [other] }, rules: [ { effect: allow, actions: ["*"] } ] }""", Simple("echo hi")[0])
            .Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Reason.StartsWith("no policy applies"));

    [Theory]
    [InlineData("deny")]
    [InlineData("ask")]
    [InlineData("approve")]
    public void Inert_RuleAgainst_Applies(string effect) =>
        Decide($$"""{ name: p, rules: [ { effect: {{effect}}, actions: ["execute:shell"], conditions: { resource: { contains: "echo" } } } ] }""", Simple("echo hi")[0])
            .Effect.Should().Be(Enum.Parse<Effect>(effect, ignoreCase: true));

    [Fact]
    public void Approve_SeveralRules_AllWorkflowsAndShortestTimeout()
    {
        const string Document = """
            name: p
            rules:
              - { id: a, effect: approve, actions: ["read:file"], approval: { workflow: release, timeout: 30m } }
              - { id: b, effect: approve, actions: ["read:file"], approval: { workflow: security, timeout: 90s } }
              - { id: c, effect: approve, actions: ["write:file"] }
            """;

        var decision = Decide(Document, File("read:file", "./a"), File("write:file", "./b"));

        decision.Effect.Should().Be(Effect.Approve);
        decision.Approval!.Workflows.Should().Equal("", "release", "security");
        decision.Approval.Timeout.Should().Be(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public void Trial_RuleMatches_IsRecordedAndNotInForce()
    {
        const string Document = """
            name: p
            rules:
              - { id: on-trial, effect: deny, mode: audit, actions: ["read:file"] }
              - { id: all, effect: allow, actions: ["*"] }
            """;

        var decision = Decide(Document, File("read:file", "./a"));

        decision.Effect.Should().Be(Effect.Allow);
        decision.Matched.Should().Contain(new RuleMatch("p", "on-trial", Effect.Deny, 0, true));
    }

    // Section "Unknown": the strictest stated answer, deny where none is stated.
    [Theory]
    [InlineData("", Effect.Deny)]
    [InlineData("shell: { unresolved: ask }", Effect.Ask)]
    [InlineData("shell: { unresolved: approve }", Effect.Approve)]
    [InlineData("shell: { unresolved: deny }", Effect.Deny)]
    public void Opaque_NoAllowForEverything_GetsUnresolved(string stated, Effect expected)
    {
        var document = $$"""
            name: p
            rules:
              - { effect: allow, actions: ["execute:*"], conditions: { resource: { matches: "*" } } }
            {{stated}}
            """;

        Decide(document, Opaque("a; b")).Effect.Should().Be(expected);
    }

    [Fact]
    public void Opaque_AllowForEverythingAndNothingAgainst_IsAllowed() => Decide(Everything, Opaque("a; b")).Effect.Should().Be(Effect.Allow);

    [Theory]
    [InlineData("deny", "execute:shell")]
    [InlineData("ask", "execute:opaque")]
    [InlineData("approve", "execute:*")]
    public void Opaque_AllowForEverythingButAConditionAgainst_GetsUnresolved(string effect, string action)
    {
        var document = $$"""
            name: p
            rules:
              - { id: all, effect: allow, actions: ["*"] }
              - { id: some, effect: {{effect}}, actions: ["{{action}}"], conditions: { resource: { contains: "curl" } } }
            """;

        Decide(document, Opaque("a; b")).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Reason.Contains("cannot be known"));
    }

    [Theory]
    [InlineData("command: { program: curl }")]
    [InlineData("command: { program: git, subcommand: push }")]
    public void Opaque_AllowForEverythingButACommandAgainst_GetsUnresolved(string condition)
    {
        var document = $$"""
            name: p
            rules:
              - { id: all, effect: allow, actions: ["*"] }
              - { id: some, effect: deny, actions: ["execute:shell"], conditions: { {{condition}} } }
            """;

        Decide(document, Opaque("a; b")).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.Reason.Contains("cannot be known"));
    }

    [Fact]
    public void UnknownResource_DenyWithoutCondition_Denies()
    {
        const string Document = """
            name: p
            rules:
              - { id: all, effect: allow, actions: ["*"] }
              - { id: no-write, effect: deny, actions: ["write:file"] }
            """;

        Decide(Document, new RequestedAccess { Action = "write:file", Resource = "?", Unknown = true }).Rule.Should().Be("no-write");
        Decide(Document, new RequestedAccess { Action = "read:file", Resource = "?", Unknown = true }).Effect.Should().Be(Effect.Allow);
    }

    [Fact]
    public void Explain_AskedFor_SaysWhyForEveryRuleAndAccess()
    {
        const string Document = """
            name: p
            rules:
              - { id: reads, effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" } } }
              - { id: env, effect: deny, actions: ["write:file"], conditions: { resource: { matches: "**/.env*" } } }
            """;

        var decision = Evaluator.Evaluate(Bundle(Document), For(File("write:file", "./.env")), explain: true);

        decision.Trace.Should().Equal(
            new RuleTry("p", "reads", Effect.Allow, 0, false, "action `write:file` is not in [read:file]"),
            new RuleTry("p", "env", Effect.Deny, 0, true, "`./.env` matches `**/.env*`"));
    }
}
