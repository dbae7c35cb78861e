using System.Net;
using System.Text.Json;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Policies;

public abstract class PolicyEndpointTests(StoreKind kind) : StoreTests(kind)
{
    private const string AllowWrites = "name: writes\nrules:\n  - { id: w, effect: allow, actions: [\"write:file\"] }\n";
    private const string Broken = "name: broken\nrules:\n  - { id: x, effect: alow, actions: [\"read:file\"] }\n";

    [Fact]
    public async Task Apply_OfAPolicy_IsInForceAndKept()
    {
        await using var gateway = await StartAsync(policy: null);
        (await gateway.DecideAsync(Some.Write())).Answer.Should().Be(Effects.Deny);

        var first = await TestGateway.ReadAsync(await gateway.ApplyAsync(("writes.yaml", AllowWrites)), ProtocolJson.Default.ApplyPoliciesResponse, HttpStatusCode.OK);

        first.Policies.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Name = "writes", Revision = 1, Rules = 1, AppliedBy = "ada" });
        (await gateway.DecideAsync(Some.Write())).Should().BeEquivalentTo(new { Answer = "allow", Bundle = first.Bundle });
        var second = await TestGateway.ReadAsync(await gateway.ApplyAsync(("writes.yaml", AllowWrites + "description: again\n")), ProtocolJson.Default.ApplyPoliciesResponse, HttpStatusCode.OK);
        second.Policies.Should().ContainSingle().Which.Revision.Should().Be(2);
        await using var again = await gateway.RestartAsync();
        again.Host.Policies.Policies.Should().BeEquivalentTo(second.Policies);
        (await again.EventsAsync("?kind=administration")).Events.Count(e => e.Change is { Operation: "policy.apply", Target: "writes", Actor: "ada" }).Should().Be(2);
    }

    [Fact]
    public async Task Apply_OfTheSameTextAgain_MakesNoVersion()
    {
        await using var gateway = await StartAsync(policy: null);
        await gateway.ApplyAsync(("writes.yaml", AllowWrites));

        var again = await TestGateway.ReadAsync(await gateway.ApplyAsync(("writes.yaml", AllowWrites)), ProtocolJson.Default.ApplyPoliciesResponse, HttpStatusCode.OK);

        again.Policies.Should().ContainSingle().Which.Revision.Should().Be(1);
    }

    [Fact]
    public async Task Apply_WithOneBrokenDocument_ChangesNothing()
    {
        await using var gateway = await StartAsync();
        var before = gateway.Host.Policies;

        var problem = await TestGateway.ReadAsync(await gateway.ApplyAsync(("writes.yaml", AllowWrites), ("broken.yaml", Broken)), ProtocolJson.Default.Problem, HttpStatusCode.UnprocessableEntity);

        problem.Code.Should().Be("policies-invalid");
        problem.Diagnostics.Should().Contain(d => d.File == "broken.yaml" && d.Line == 3 && d.Severity == "error" && d.Code.StartsWith("GRD"));
        gateway.Host.Policies.Should().BeEquivalentTo(before);
        (await gateway.DecideAsync(Some.Write())).Should().BeEquivalentTo(new { Answer = "ask", before.Bundle });
    }

    [Fact]
    public async Task Apply_OfTwoDifferentPoliciesOfOneName_IsRefused()
    {
        await using var gateway = await StartAsync();

        var response = await gateway.ApplyAsync(("a.yaml", AllowWrites), ("b.yaml", AllowWrites.Replace("write:file", "read:file", StringComparison.Ordinal)));

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.UnprocessableEntity)).Diagnostics.Should().Contain(d => d.Severity == "error");
    }

    [Fact]
    public async Task Validate_ChangesNothing()
    {
        await using var gateway = await StartAsync();
        var before = gateway.Host.Policies;

        var good = await gateway.SendAsync(HttpMethod.Post, "/v1/policies/validate", gateway.Credentials.AdminKey, TestGateway.Files(("writes.yaml", AllowWrites)));
        var bad = await gateway.SendAsync(HttpMethod.Post, "/v1/policies/validate", gateway.Credentials.AdminKey, TestGateway.Files(("broken.yaml", Broken)));

        good.StatusCode.Should().Be(HttpStatusCode.OK);
        bad.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        gateway.Host.Policies.Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task Policy_ByName_IsShownAsWrittenAndRemoved()
    {
        await using var gateway = await StartAsync();
        var admin = gateway.Credentials.AdminKey;

        var shown = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/policies/everyday", admin), ProtocolJson.Default.PolicyFile, HttpStatusCode.OK);
        var left = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Delete, "/v1/policies/everyday", admin), ProtocolJson.Default.PolicyList, HttpStatusCode.OK);

        shown.Text.Should().Be(Some.Policy);
        left.Policies.Should().BeEmpty();
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Deny);
        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/policies/everyday", admin), ProtocolJson.Default.Problem, HttpStatusCode.NotFound)).Code.Should().Be("policy-unknown");
        (await gateway.EventsAsync("?kind=administration")).Events.Should().Contain(e => e.Change!.Operation == "policy.remove" && e.Change.Target == "everyday");
    }

    [Fact]
    public async Task Test_SaysWhatEveryRuleSaysAndRecordsNothing()
    {
        await using var gateway = await StartAsync();
        var request = Some.Read(Some.Workspace + "/.env");
        var body = JsonSerializer.Serialize(new TestPolicyRequest { Agent = "first", Call = request.Call, Accesses = request.Accesses }, ProtocolJson.Default.TestPolicyRequest);

        var answer = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Post, "/v1/policies/test", gateway.Credentials.AdminKey, body), ProtocolJson.Default.TestPolicyResponse, HttpStatusCode.OK);

        answer.Decision.Should().BeEquivalentTo(new { Answer = "deny", Rule = "credentials" });
        answer.Matched.Select(m => m.Rule).Should().BeEquivalentTo("credentials", "project-files");
        answer.Trace.Select(t => t.Rule).Should().BeEquivalentTo("project-files", "credentials", "changes", "release", "status");
        (await gateway.EventsAsync("?kind=decision")).Events.Should().BeEmpty();
    }

    [Fact]
    public async Task Folder_WithSuitesAndSubfolders_AppliesOnlyItsPolicies()
    {
        await using var gateway = await StartAsync(adjust: options =>
        {
            File.WriteAllText(Path.Combine(options.PolicyFolders[0], "test_test.yaml"), "not: a policy");
            File.WriteAllText(Path.Combine(options.PolicyFolders[0], "README.md"), "not: a policy");
            Directory.CreateDirectory(Path.Combine(options.PolicyFolders[0], "compat"));
            File.WriteAllText(Path.Combine(options.PolicyFolders[0], "compat", "x.yaml"), Broken);
            return options;
        });

        gateway.Host.Policies.Policies.Select(p => p.Name).Should().Equal("everyday");
    }

    [Fact]
    public async Task Folder_WithoutAFileItOnceHad_RemovesThatPolicyAlone()
    {
        await using var gateway = await StartAsync();
        await gateway.ApplyAsync(("writes.yaml", AllowWrites));
        File.Delete(Path.Combine(gateway.Options.PolicyFolders[0], "test.yaml"));

        await using var again = await gateway.RestartAsync();

        again.Host.Policies.Policies.Select(p => p.Name).Should().Equal("writes");
    }

    [Fact]
    public async Task Folder_BrokenAtTheFirstStart_RefusesToStart()
    {
        var start = () => StartAsync(Broken);

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("The policies in * have errors, and there are no earlier ones to keep: test.yaml:3:*GRD*");
    }

    [Fact]
    public async Task Folder_BrokenAtTheFirstStart_LosesNoKeys()
    {
        using var folder = new TemporaryFolder();
        folder.Write("policies/test.yaml", Broken);
        var options = new GatewayOptions { DataDirectory = folder.File("data"), PolicyFolders = [folder.File("policies")] };
        await ((Func<Task>)(() => GatewayHost.StartAsync(options, CancellationToken.None))).Should().ThrowAsync<GatewayStartException>();
        folder.Write("policies/test.yaml", AllowWrites);

        await using var host = await GatewayHost.StartAsync(options, CancellationToken.None);

        host.FirstStart.Should().NotBeNull("nobody has seen the keys of the start that failed");
        Directory.GetFiles(folder.File("data"), "guard.db").Should().ContainSingle();
    }

    [Fact]
    public async Task Folder_BrokenLater_KeepsTheLastGoodBundleAndSaysSo()
    {
        await using var gateway = await StartAsync();
        var before = gateway.Host.Policies.Policies;
        File.WriteAllText(Path.Combine(gateway.Options.PolicyFolders[0], "test.yaml"), Broken);

        await using var again = await gateway.RestartAsync();

        again.Host.Policies.Policies.Should().BeEquivalentTo(before);
        again.Host.PolicyProblem.Should().Contain("the last good bundle is in force").And.Contain("test.yaml:3:");
        (await again.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        var health = await TestGateway.ReadAsync(await again.SendAsync(HttpMethod.Get, "/health", null), ProtocolJson.Default.HealthReport, HttpStatusCode.OK);
        health.Status.Should().Be("degraded");
        health.Checks.Should().Contain(c => c.Name == "policies" && c.Status == "degraded");
    }

    [Fact]
    public async Task Folder_ThatDoesNotExist_RefusesToStart()
    {
        var start = () => StartAsync(adjust: options => options with { PolicyFolders = ["/nonexistent/policies"] });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("The policy folder /nonexistent/policies does not exist*");
    }

    [Fact]
    public async Task Decisions_WhilePoliciesChange_EachComeFromOneBundle()
    {
        // Two bundles that differ in both rules: a decision that mixed them would be neither.
        static string Version(string effect) => $"name: p\nrules:\n  - {{ id: reads-{effect}, effect: {effect}, actions: [\"read:file\"] }}\n";
        await using var gateway = await StartAsync(policy: null);
        var bundles = new Dictionary<string, string>();
        foreach (var effect in new[] { "allow", "deny" })
        {
            var applied = await TestGateway.ReadAsync(await gateway.ApplyAsync(("p.yaml", Version(effect))), ProtocolJson.Default.ApplyPoliciesResponse, HttpStatusCode.OK);
            bundles.Add(applied.Bundle, effect);
        }

        var changes = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                (await gateway.ApplyAsync(("p.yaml", Version(i % 2 == 0 ? "allow" : "deny")))).StatusCode.Should().Be(HttpStatusCode.OK);
            }
        });
        var decisions = new List<DecisionResponse>();
        while (!changes.IsCompleted)
        {
            decisions.Add(await gateway.DecideAsync(Some.Read()));
        }

        await changes;
        decisions.Should().OnlyContain(d => d.Effect == bundles[d.Bundle!] && d.Rule == "reads-" + d.Effect);
    }
}

/// <inheritdoc/>
public sealed class SqlitePolicyEndpointTests() : PolicyEndpointTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresPolicyEndpointTests() : PolicyEndpointTests(StoreKind.Postgres);
