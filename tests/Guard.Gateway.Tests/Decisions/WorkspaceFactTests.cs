using System.Net;
using System.Security.Cryptography;
using System.Text;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Decisions;

/// <summary>What a workspace says of itself: repository, branch, machine, and its own policy. It can only tighten.</summary>
public abstract class WorkspaceFactTests(StoreKind kind) : StoreTests(kind)
{
    private const string OnMain = """
        name: by-branch
        rules:
          - { id: feature, effect: allow, actions: ["write:file"], conditions: { resource: { matches: "./**" }, context: { branch: { matches: "feature/*" } } } }
          - { id: main, effect: deny, actions: ["write:file"], conditions: { context: { branch: { equals: main } } }, reason: Work on a branch. }
          - { id: acme, effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" }, context: { project: { startsWith: github.com/acme/ } } } }
        """;

    private const string Own = """{ name: mine, rules: [ { id: readme, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "./README.md" } }, reason: Not this one. } ] }""";

    [Fact]
    public async Task Facts_OfTheSessionsFirstEvent_Count()
    {
        await using var gateway = await StartAsync(OnMain);

        (await gateway.DecideAsync(Stated(Some.Write(), branch: "feature/x"))).Rule.Should().Be("feature");
        (await gateway.DecideAsync(Stated(Some.Read(), branch: "feature/x"))).Rule.Should().Be("acme");
        (await gateway.EventsAsync("?action=read:file")).Events.Single().Should().BeEquivalentTo(new { Project = "github.com/acme/app", Branch = "feature/x" });
    }

    [Fact]
    public async Task Branch_ThatChangesWithinTheSession_CountsAsMissing()
    {
        await using var gateway = await StartAsync(OnMain);
        await gateway.DecideAsync(Stated(Some.Write(), branch: "main"));

        // Allow rules that need it do not apply, deny rules do.
        (await gateway.DecideAsync(Stated(Some.Write(), branch: "feature/x"))).Should().BeEquivalentTo(new { Answer = "deny", Rule = "main" });
    }

    [Fact]
    public async Task Branch_WithoutASession_IsNotPinnedAndCountsAsMissing()
    {
        await using var gateway = await StartAsync(OnMain);
        var request = Stated(Some.Write(), branch: "feature/x");

        (await gateway.DecideAsync(request with { Call = request.Call with { SessionId = null } })).Rule.Should().Be("main");
    }

    [Fact]
    public async Task Pins_AreReadFromTheStore_ByAGatewayThatStartsLater()
    {
        await using var first = await StartAsync(OnMain);
        await first.DecideAsync(Stated(Some.Write(), branch: "main"));

        await using var second = await first.RestartAsync();

        (await second.DecideAsync(Stated(Some.Write(), branch: "feature/x"))).Rule.Should().Be("main");
    }

    [Fact]
    public async Task Policy_OfTheWorkspace_OnlyTightens()
    {
        await using var gateway = await StartAsync();

        var denied = await gateway.DecideAsync(Stated(Some.Read(), policy: Own));
        var allowed = await gateway.DecideAsync(Stated(Some.Read(Some.Workspace + "/src/a.cs"), policy: Own));

        denied.Should().BeEquivalentTo(new { Answer = "deny", Policy = "workspace:mine", Rule = "readme", Bundle = gateway.Host.Policies.Bundle });
        allowed.Should().BeEquivalentTo(new { Answer = "allow", Policy = "everyday" });
        (await gateway.EventsAsync("?policy=workspace:mine")).Events.Single().WorkspacePolicy.Should().Be(Digest(Own));
    }

    [Fact]
    public async Task Policy_WithErrorsOrAnAllow_DeniesWithTheReason()
    {
        await using var gateway = await StartAsync();

        var broken = await gateway.DecideAsync(Stated(Some.Read(session: "s1"), "rules: 5\n"));
        var loosening = await gateway.DecideAsync(Stated(Some.Read(session: "s2"), """{ rules: [ { effect: allow, actions: ["*"] } ] }"""));

        broken.Answer.Should().Be("deny");
        broken.Message.Should().Contain("the workspace's own policy has errors").And.Contain(".guard/policy.yaml:1:8 GRD011");
        loosening.Answer.Should().Be("deny");
        loosening.Message.Should().Contain("GRD059 a workspace's policy can only deny, ask and want approvals");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ rules: [ { effect: deny, actions: ['delegate:agent'] } ] }")]
    public async Task Policy_ThatIsAnotherThanAtTheSessionsStart_Denies(string? later)
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Stated(Some.Read(Some.Workspace + "/src/a.cs"), policy: Own));

        var changed = await gateway.DecideAsync(Stated(Some.Read(Some.Workspace + "/src/a.cs"), policy: later));

        changed.Answer.Should().Be("deny");
        changed.Message.Should().Contain("is not the one this session started with");
        (await gateway.DecideAsync(Stated(Some.Read(Some.Workspace + "/src/a.cs", session: "session-2"), policy: later))).Answer.Should().Be("allow");
    }

    [Fact]
    public async Task Policy_WhoseDigestIsNotItsTexts_IsRefused()
    {
        await using var gateway = await StartAsync();
        var request = Stated(Some.Read(), policy: Own);

        var refused = await gateway.RefusedAsync(request with { Call = request.Call with { Policy = request.Call.Policy! with { Text = Own + "\n" } } }, HttpStatusCode.BadRequest);

        refused.Detail.Should().Contain("`call.policy.digest` is not that of `call.policy.text`");
    }

    private static DecisionRequest Stated(DecisionRequest request, string? policy = null, string? branch = null) => request with
    {
        Call = request.Call with
        {
            Project = "github.com/acme/app",
            Branch = branch,
            Host = "dev-box",
            Policy = policy is null ? null : new WorkspacePolicy { Digest = Digest(policy), Text = policy },
        },
    };

    private static string Digest(string text) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <inheritdoc/>
public sealed class SqliteWorkspaceFactTests() : WorkspaceFactTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresWorkspaceFactTests() : WorkspaceFactTests(StoreKind.Postgres);
