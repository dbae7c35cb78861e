using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Compilation;

/// <summary>What a bundle says of itself and of all its policies.</summary>
public sealed class BundleTests
{
    private const string One = "name: a\nrules: [ { effect: allow, actions: ['read:file'] } ]";
    private const string Two = "name: b\nrules: [ { effect: deny, actions: ['read:file'], reason: r } ]";

    [Fact]
    public void Hash_IsOfThePoliciesAndTheFloor_InAnyOrder()
    {
        var hash = Bundle(One, Two).Hash;

        hash.Should().MatchRegex("^sha256:[0-9a-f]{64}$");
        Bundle(Two, One).Hash.Should().Be(hash);
        Bundle(One).Hash.Should().NotBe(hash);
        Bundle(FloorSettings.Default with { ProtectedPaths = ["/x"] }, One, Two).Hash.Should().NotBe(hash);
        Bundle(FloorSettings.Default with { ProtectedPaths = ["/x"] }, One, Two).Hash.Should().NotBe(Bundle(FloorSettings.Default with { LiftedPaths = ["/x"] }, One, Two).Hash);
        Bundle(FloorSettings.Default with { GatewayAuthorities = ["x:1"] }, One, Two).Hash.Should().NotBe(hash);
    }

    [Fact]
    public void Audit_OfSeveralPolicies_IsTheUnionInOrder()
    {
        var bundle = Bundle(
            "name: a\naudit: { retention_days: 30, include: [tool_name, action], redact: [/z, /b] }\nrules: [ { effect: allow, actions: ['read:file'] } ]",
            "name: b\naudit: { retention_days: 90, include: [decision, action], redact: [/a, /b] }\nrules: [ { effect: allow, actions: ['read:file'] } ]",
            "name: c\nappliesTo: { tags: [other] }\naudit: { retention_days: 900, include: [trace_id], redact: [/c] }\nrules: [ { effect: allow, actions: ['read:file'] } ]",
            One.Replace("name: a", "name: d", StringComparison.Ordinal));

        var audit = bundle.AuditFor(Agent, new ContextFacts());

        audit.Include.Should().Equal("action", "decision", "tool_name");
        audit.Redact.Should().Equal("/a", "/b", "/z");
        audit.RetentionDays.Should().Be(90);
        bundle.RetentionFor(Agent, new ContextFacts()).Should().Be(90);
        bundle.RetentionFor(Agent with { Tags = ["other"] }, new ContextFacts()).Should().Be(900);
        Bundle(One).RetentionFor(Agent, new ContextFacts()).Should().BeNull();
    }
}
