using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary>Whom a policy is for, and what rules ask of time, trust and the facts a client states.</summary>
public sealed class FactTests
{
    private static readonly RequestedAccess Read = File("read:file", "./a");

    [Theory]
    [InlineData("tags: [claude-code]", true)]
    [InlineData("tags: [x, claude-code]", true)]
    [InlineData("tags: [x]", false)]
    [InlineData("trustTiers: [verified, trusted]", true)]
    [InlineData("trustTiers: [privileged]", false)]
    [InlineData("agents: ['claude-*']", true)]
    [InlineData("agents: [claude]", false)]
    [InlineData("agentIds: [agent-1]", true)]
    [InlineData("agentIds: ['agent-*']", false)]
    [InlineData("groups: [platform]", true)]
    [InlineData("tags: [claude-code], agents: [other]", false)]
    [InlineData("tags: [claude-code], agents: ['claude-*'], groups: [platform]", true)]
    public void AppliesTo_Keys_AndBetweenOrWithin(string appliesTo, bool applies)
    {
        var bundle = Bundle($$"""{ name: p, appliesTo: { {{appliesTo}} }, rules: [ { effect: allow, actions: ["*"] } ] }""");

        Evaluator.Evaluate(bundle, For(Read) with { Agent = Agent with { Groups = ["platform"] } }).Effect.Should().Be(applies ? Effect.Allow : Effect.Deny);
    }

    // A project is stated by the client: missing or different in case only, the policy only tightens.
    [Theory]
    [InlineData("github.com/acme/app", Effect.Allow, Effect.Deny)]
    [InlineData("github.com/other/app", Effect.Deny, Effect.Allow)]
    [InlineData("GitHub.com/acme/app", Effect.Deny, Effect.Deny)]
    [InlineData(null, Effect.Deny, Effect.Deny)]
    public void Project_Stated_OnlyTightensWhereUncertain(string? project, Effect underAllow, Effect underDeny)
    {
        var allow = Bundle("""{ name: p, appliesTo: { projects: ["github.com/acme/*"] }, rules: [ { effect: allow, actions: ["*"] } ] }""");
        var deny = Bundle(
            """{ name: p, appliesTo: { projects: ["github.com/acme/*"] }, rules: [ { effect: deny, actions: ["*"] } ] }""",
            """{ name: q, rules: [ { effect: allow, actions: ["*"] } ] }""");
        var request = For(Read) with { Context = new ContextFacts { Project = project } };

        Evaluator.Evaluate(allow, request).Effect.Should().Be(underAllow);
        Evaluator.Evaluate(deny, request).Effect.Should().Be(underDeny);
    }

    [Theory]
    [InlineData("defaultEffect: ask", "defaultEffect: deny", "read:file", Effect.Deny)]
    [InlineData("defaultEffect: ask", "defaultEffect: allow", "read:file", Effect.Ask)]
    [InlineData("defaultEffect: ask", "", "read:file", Effect.Deny)]
    [InlineData("shell: { unresolved: ask }", "", "execute:opaque", Effect.Deny)]
    [InlineData("shell: { unresolved: deny }", "shell: { unresolved: ask }", "execute:opaque", Effect.Deny)]
    public void Policy_NotCertainToApply_NeverLoosensWhatOthersState(string uncertain, string certain, string action, Effect expected)
    {
        var bundle = Bundle(
            $"name: p\nappliesTo: {{ projects: [x] }}\nrules: [ {{ effect: deny, actions: [\"read:env\"] }} ]\n{uncertain}",
            $"name: q\nrules: [ {{ effect: deny, actions: [\"read:env\"] }} ]\n{certain}");

        Evaluator.Evaluate(bundle, For(Access(action, "/x") with { Real = "/x" })).Effect.Should().Be(expected);
    }

    [Theory]
    [InlineData("permissionMode: { equals: default }", "default", true, true)]
    [InlineData("permissionMode: { equals: default }", "bypassPermissions", false, false)]
    [InlineData("permissionMode: { equals: default }", "DEFAULT", false, true)]
    [InlineData("permissionMode: { equals: default }", null, false, true)]
    [InlineData("permissionMode: { not: { equals: default } }", null, false, true)]
    [InlineData("permissionMode: { not: { equals: bypassPermissions } }", "default", true, true)]
    public void Context_Fact_AppliesByPolarityAndTightensWhenMissing(string condition, string? mode, bool allowed, bool denied)
    {
        var request = For(Read) with { Context = new ContextFacts { PermissionMode = mode } };
        var allow = Bundle($$"""{ name: p, rules: [ { effect: allow, actions: ["*"], conditions: { context: { {{condition}} } } } ] }""");
        var deny = Bundle($$"""{ name: p, rules: [ { effect: deny, actions: ["*"], conditions: { context: { {{condition}} } } } ], defaultEffect: allow }""");

        Evaluator.Evaluate(allow, request).Effect.Should().Be(allowed ? Effect.Allow : Effect.Deny);
        Evaluator.Evaluate(deny, request).Effect.Should().Be(denied ? Effect.Deny : Effect.Allow);
    }

    [Theory]
    [InlineData("unverified", true)]
    [InlineData("verified", true)]
    [InlineData("trusted", false)]
    public void Trust_AtLeast_ComparesTiers(string tier, bool matched) =>
        Decide($$"""{ name: p, rules: [ { effect: allow, actions: ["*"], conditions: { trust: { atLeast: {{tier}} } } } ] }""", Read).Effect.Should().Be(matched ? Effect.Allow : Effect.Deny);

    [Theory]
    [InlineData("days: [mon-fri]", "2026-03-04T10:00:00Z", true)]
    [InlineData("days: [sat-sun]", "2026-03-04T10:00:00Z", false)]
    [InlineData("days: [fri-mon]", "2026-03-08T10:00:00Z", true)]
    [InlineData("between: ['08:00', '19:00']", "2026-03-04T08:00:00Z", true)]
    [InlineData("between: ['08:00', '19:00']", "2026-03-04T18:59:59Z", true)]
    [InlineData("between: ['08:00', '19:00']", "2026-03-04T19:00:00Z", false)]
    [InlineData("between: ['08:00', '24:00']", "2026-03-04T23:59:00Z", true)]
    [InlineData("between: ['22:00', '06:00']", "2026-03-04T23:00:00Z", true)]
    [InlineData("between: ['22:00', '06:00']", "2026-03-04T05:59:00Z", true)]
    [InlineData("between: ['22:00', '06:00']", "2026-03-04T06:00:00Z", false)]
    // Over midnight the span belongs to the day it starts on: Friday night ends on Saturday morning.
    [InlineData("days: [fri], between: ['22:00', '06:00']", "2026-03-07T05:00:00Z", true)]
    [InlineData("days: [fri], between: ['22:00', '06:00']", "2026-03-06T05:00:00Z", false)]
    // A zone has its own day and hour; Berlin is at UTC+1 in winter and UTC+2 in summer.
    [InlineData("between: ['08:00', '19:00'], zone: Europe/Berlin", "2026-03-04T07:30:00Z", true)]
    [InlineData("between: ['08:00', '19:00'], zone: Europe/Berlin", "2026-07-01T06:30:00Z", true)]
    [InlineData("between: ['08:00', '19:00'], zone: Europe/Berlin", "2026-03-04T06:30:00Z", false)]
    [InlineData("days: [thu], zone: Asia/Tokyo", "2026-03-04T16:00:00Z", true)]
    // The clocks go forward from 02:00 to 03:00 on 29 March 2026 and back from 03:00 to 02:00 on 25 October.
    [InlineData("between: ['02:00', '03:00'], zone: Europe/Berlin", "2026-03-29T00:59:00Z", false)]
    [InlineData("between: ['02:00', '03:00'], zone: Europe/Berlin", "2026-03-29T01:00:00Z", false)]
    [InlineData("between: ['02:00', '03:00'], zone: Europe/Berlin", "2026-10-25T00:30:00Z", true)]
    [InlineData("between: ['02:00', '03:00'], zone: Europe/Berlin", "2026-10-25T01:30:00Z", true)]
    public void Time_Span_ContainsTheGatewaysClock(string time, string now, bool matched)
    {
        var bundle = Bundle($$"""{ name: p, rules: [ { effect: allow, actions: ["*"], conditions: { time: { {{time}} } } } ] }""");

        Evaluator.Evaluate(bundle, For(Read) with { Now = DateTimeOffset.Parse(now) }).Effect.Should().Be(matched ? Effect.Allow : Effect.Deny);
    }

    [Theory]
    [InlineData(WorkspaceProblem.NotStated, "no workspace was stated")]
    [InlineData(WorkspaceProblem.ChangedInSession, "not the one this session started in")]
    public void Workspace_Missing_AllowsNothingBelowItAndDeniesEverywhere(WorkspaceProblem problem, string reason)
    {
        var bundle = Bundle("""
            name: p
            rules:
              - { id: all, effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" } } }
              - { id: no, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "./secrets/**" } } }
            """);
        var request = For(File("read:file", "/srv/app/src/a")) with { Workspace = new WorkspaceFact { Problem = problem } };

        Evaluator.Evaluate(bundle, request).Reason.Should().Contain(reason);
        Evaluator.Evaluate(bundle, request with { Accesses = [File("read:file", "/srv/app/secrets/a")] }).Rule.Should().Be("no");
    }

    [Fact]
    public void Audit_SeveralPolicies_LongestRetentionAndUnionHold()
    {
        var bundle = Bundle(
            """{ name: a, rules: [ { effect: deny, actions: ["*"] } ], audit: { retention_days: 30, redact: [/tool_input/content] } }""",
            """{ name: b, rules: [ { effect: deny, actions: ["*"] } ], audit: { retention_days: 90, redact: [/tool_input/url] } }""",
            """{ name: c, appliesTo: { tags: [other] }, rules: [ { effect: deny, actions: ["*"] } ], audit: { retention_days: 900 } }""");

        var audit = bundle.AuditFor(Agent, new ContextFacts());

        audit.RetentionDays.Should().Be(90);
        audit.Redact.Should().Equal("/tool_input/content", "/tool_input/url");
        bundle.RetentionFor(Agent, new ContextFacts()).Should().Be(90);
    }

    [Fact]
    public void Retention_OfPoliciesThatPossiblyApply_HoldsToo()
    {
        var bundle = Bundle(
            """{ name: a, rules: [ { effect: deny, actions: ["*"] } ] }""",
            """{ name: b, rules: [ { effect: deny, actions: ["*"] } ], audit: { retention_days: 30 } }""",
            """{ name: c, appliesTo: { projects: [github.com/acme/app] }, rules: [ { effect: deny, actions: ["*"] } ], audit: { retention_days: 900 } }""");

        bundle.RetentionFor(Agent, new ContextFacts()).Should().Be(900, "the project is not known");
        bundle.RetentionFor(Agent, new ContextFacts { Project = "github.com/acme/other" }).Should().Be(30);
        Bundle("""{ name: a, rules: [ { effect: deny, actions: ["*"] } ] }""").RetentionFor(Agent, new ContextFacts()).Should().BeNull();
    }
}
