using System.Net;
using System.Text.Json;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Agents;

public abstract class AgentEndpointTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Agent_Created_IsListedWithoutItsKey()
    {
        await using var gateway = await StartAsync();

        var created = await gateway.CreateAgentAsync("build-bot");

        created.ApiKey.Should().StartWith("guard_agent_" + created.Agent.KeyPrefixes.Single());
        var list = await (await gateway.SendAsync(HttpMethod.Get, "/v1/agents", gateway.Credentials.AdminKey)).Content.ReadAsStringAsync();
        list.Should().NotContain(created.ApiKey);
        JsonSerializer.Deserialize(list, ProtocolJson.Default.AgentList)!.Agents.Select(a => (a.Name, a.Owner, a.TrustTier, a.Organisation)).Should().Equal(
            ("first", "ada", "verified", "default"), ("build-bot", "ada", "verified", "default"));
        (await gateway.EventsAsync("?kind=administration")).Events.Should().Contain(e => e.Change!.Operation == "agent.create" && e.Change.Target == "build-bot" && e.Change.Actor == "ada");
    }

    [Fact]
    public async Task Agent_ThatHasDecided_WasSeen()
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Some.Read());

        var list = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/agents", gateway.Credentials.AdminKey), ProtocolJson.Default.AgentList, HttpStatusCode.OK);

        list.Agents.Single().LastSeenAt.Should().NotBeNull();
    }

    [Fact]
    public async Task Keys_Rotated_HoldBothUntilTheOverlapEnds()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var gateway = await StartAsync(adjust: options => options with { Clock = clock });
        var old = gateway.Credentials.AgentKey;

        var rotated = await RotateAsync(gateway, "first", """{"overlapSeconds":3600}""");

        rotated.OthersExpireAt.Should().Be(clock.Now.AddHours(1));
        clock.Now += TimeSpan.FromMinutes(59);
        await gateway.DecideAsync(Some.Read(), old);
        await gateway.DecideAsync(Some.Read(), rotated.ApiKey);
        clock.Now += TimeSpan.FromMinutes(1);
        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.Unauthorized, old)).Code.Should().Be("key-expired");
        await gateway.DecideAsync(Some.Read(), rotated.ApiKey);
        await using var again = await gateway.RestartAsync();
        (await again.RefusedAsync(Some.Read(), HttpStatusCode.Unauthorized, old)).Code.Should().Be("key-expired", "also after a restart");
        await again.DecideAsync(Some.Read(), rotated.ApiKey);
        var change = (await again.EventsAsync("?kind=administration")).Events.Single(e => e.Change!.Operation == "key.rotate").Change!;
        (change.Actor, change.Target).Should().Be(("ada", "first"));
        change.Detail.Should().Contain(rotated.ApiKey.Split('_')[2]).And.NotContain(rotated.ApiKey);
    }

    [Fact]
    public async Task Keys_RotatedWithoutOverlap_EndAtOnceAndAnEarlierEndStays()
    {
        await using var gateway = await StartAsync();
        var second = await RotateAsync(gateway, "first", """{"overlapSeconds":0}""");
        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.Unauthorized)).Code.Should().Be("key-expired");

        var third = await RotateAsync(gateway, "first", "{}");

        var details = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/agents/first", gateway.Credentials.AdminKey), ProtocolJson.Default.AgentDetails, HttpStatusCode.OK);
        details.Keys.Should().HaveCount(3);
        details.Keys[0].ExpiresAt.Should().BeBefore(third.OthersExpireAt.AddHours(-23));
        details.Keys[1].ExpiresAt.Should().Be(third.OthersExpireAt);
        details.Keys[2].ExpiresAt.Should().BeNull();
        details.Agent.HookVersion.Should().BeNull("it never asked");
        await gateway.DecideAsync(Some.Read(), second.ApiKey);
        await gateway.DecideAsync(Some.Read(), third.ApiKey);
        var seen = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/agents/first", gateway.Credentials.AdminKey), ProtocolJson.Default.AgentDetails, HttpStatusCode.OK);
        seen.Agent.Should().BeEquivalentTo(new { HookVersion = "0.1.0", Client = "claude-code", ClientVersion = "2.1.329" });
    }

    [Fact]
    public async Task Keys_OfARevokedOrUnknownAgent_AreNotRotated()
    {
        await using var gateway = await StartAsync();
        var admin = gateway.Credentials.AdminKey;
        var agent = (await gateway.CreateAgentAsync("leaving")).Agent;
        await gateway.SendAsync(HttpMethod.Delete, "/v1/agents/leaving", admin);

        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Post, $"/v1/agents/{agent.Id}/keys", admin, "{}"), ProtocolJson.Default.Problem, HttpStatusCode.Conflict)).Code.Should().Be("agent-revoked");
        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Post, "/v1/agents/leaving/keys", admin, "{}"), ProtocolJson.Default.Problem, HttpStatusCode.NotFound)).Code.Should().Be("agent-unknown");
        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/agents/nobody", admin), ProtocolJson.Default.Problem, HttpStatusCode.NotFound)).Code.Should().Be("agent-unknown");
    }

    [Theory]
    [InlineData("""{"overlapSeconds":-1}""")]
    [InlineData("""{"overlapSeconds":2592001}""")]
    [InlineData("""{"overlapSeconds":"1h"}""")]
    [InlineData("""{"overlap":1}""")]
    public async Task Rotation_WithABadMember_IsRefused(string body)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Post, "/v1/agents/first/keys", gateway.Credentials.AdminKey, body);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Code.Should().Be("bad-request");
        await gateway.DecideAsync(Some.Read());
    }

    private static async Task<RotateKeyResponse> RotateAsync(TestGateway gateway, string agent, string body) =>
        await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Post, $"/v1/agents/{agent}/keys", gateway.Credentials.AdminKey, body), ProtocolJson.Default.RotateKeyResponse, HttpStatusCode.Created);

    [Theory]
    [InlineData("""{"name":""}""", "`name` must have")]
    [InlineData("""{"name":"a b"}""", "`name` must have")]
    [InlineData("""{"name":"a\u001b[31m"}""", "`name` must have")]
    [InlineData("""{"name":"ok","owner":"../x"}""", "`owner` must have")]
    [InlineData("""{"name":"ok","trustTier":"root"}""", "`trustTier` must be")]
    [InlineData("""{"name":"ok","tags":["a\nb"]}""", "`tags` must have")]
    [InlineData("""{"name":"ok","admin":true}""", "admin")]
    public async Task Agent_WithABadMember_IsRefused(string body, string expected)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Post, "/v1/agents", gateway.Credentials.AdminKey, body);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Detail.Should().Contain(expected);
    }

    [Fact]
    public async Task Agent_Updated_DecidesByItAtOnceAndKeepsTheRest()
    {
        await using var gateway = await StartAsync("name: nightly\nappliesTo: { tags: [nightly] }\nrules:\n  - { id: r, effect: allow, actions: [\"read:file\"] }\n");
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Deny);

        var response = await gateway.SendAsync(HttpMethod.Patch, "/v1/agents/first", gateway.Credentials.AdminKey, """{"tags":["nightly"],"owner":"grace"}""");

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.AgentInfo, HttpStatusCode.OK)).Should().BeEquivalentTo(new { Owner = "grace", Tags = new[] { "nightly" }, TrustTier = "verified", AuditModeAllowed = false });
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        var change = (await gateway.EventsAsync("?kind=administration")).Events[0].Change!;
        (change.Actor, change.Operation, change.Target).Should().Be(("ada", "agent.update", "first"));
        change.Detail.Should().EndWith(", owner grace, tags [nightly]");
    }

    [Theory]
    [InlineData("{}", "Nothing is stated")]
    [InlineData("""{"trustTier":"godlike"}""", "`trustTier` must be")]
    [InlineData("""{"tags":["a b"]}""", "`tags` must have")]
    [InlineData("""{"owner":""}""", "`owner` must have")]
    public async Task Agent_UpdatedBadly_IsRefused(string body, string expected)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Patch, "/v1/agents/first", gateway.Credentials.AdminKey, body);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Detail.Should().Contain(expected);
    }

    [Fact]
    public async Task Key_Revoked_IsRefusedAtOnceWhileTheOthersHold()
    {
        await using var gateway = await StartAsync();
        var second = await RotateAsync(gateway, "first", "{}");
        var prefix = second.ApiKey.Split('_')[2];

        var response = await gateway.SendAsync(HttpMethod.Delete, $"/v1/agents/first/keys/{prefix}", gateway.Credentials.AdminKey);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.Unauthorized, second.ApiKey)).Code.Should().Be("key-revoked");
        await gateway.DecideAsync(Some.Read());
        var again = await gateway.SendAsync(HttpMethod.Delete, $"/v1/agents/first/keys/{prefix}", gateway.Credentials.AdminKey);
        (await TestGateway.ReadAsync(again, ProtocolJson.Default.Problem, HttpStatusCode.NotFound)).Code.Should().Be("key-absent");
        (await gateway.EventsAsync("?kind=administration")).Events[0].Change!.Should().BeEquivalentTo(new { Actor = "ada", Operation = "key.revoke", Target = "first" });
    }

    [Fact]
    public async Task Key_RotatedWithoutScopes_CanDoNoMoreThanTheOneBefore()
    {
        await using var gateway = await StartAsync();
        await gateway.CreateAgentAsync("reporter", keyScopes: [Scopes.Outcomes]);

        var rotated = await RotateAsync(gateway, "reporter", "{}");

        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.Forbidden, rotated.ApiKey)).Code.Should().Be("key-scope");
    }

    [Fact]
    public async Task AdminKey_WithAnEnd_HoldsUntilThen()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var gateway = await StartAsync(adjust: options => options with { Clock = clock });
        var key = await gateway.CreateKeyAsync([Scopes.AuditRead], clock.Now.AddHours(1));

        (await gateway.SendAsync(HttpMethod.Get, Wire.EventsPath, key.ApiKey)).StatusCode.Should().Be(HttpStatusCode.OK);
        clock.Now += TimeSpan.FromHours(1);

        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, Wire.EventsPath, key.ApiKey), ProtocolJson.Default.Problem, HttpStatusCode.Unauthorized)).Code.Should().Be("key-expired");
        var change = (await gateway.EventsAsync("?kind=administration")).Events[0].Change!;
        (change.Operation, change.Target).Should().Be(("key.create", $"admin key {key.Key.Prefix}"));
        change.Detail.Should().Be("owner auditor, scopes audit:read, expires 2026-03-01T13:00:00.0000000Z");
    }

    [Fact]
    public async Task Agent_OfATakenName_IsAConflictUntilThatOneIsRevoked()
    {
        await using var gateway = await StartAsync();
        var admin = gateway.Credentials.AdminKey;
        var first = await gateway.CreateAgentAsync("twin");

        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Post, "/v1/agents", admin, """{"name":"twin"}"""), ProtocolJson.Default.Problem, HttpStatusCode.Conflict)).Code.Should().Be("agent-exists");
        (await gateway.SendAsync(HttpMethod.Delete, $"/v1/agents/{first.Agent.Id}", admin)).StatusCode.Should().Be(HttpStatusCode.OK);
        var second = await gateway.CreateAgentAsync("twin");

        second.Agent.Id.Should().NotBe(first.Agent.Id);
        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Delete, $"/v1/agents/{first.Agent.Id}", admin), ProtocolJson.Default.Problem, HttpStatusCode.Conflict)).Code.Should().Be("agent-revoked");
        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Delete, "/v1/agents/nobody", admin), ProtocolJson.Default.Problem, HttpStatusCode.NotFound)).Code.Should().Be("agent-unknown");
    }
}

/// <inheritdoc/>
public sealed class SqliteAgentEndpointTests() : AgentEndpointTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresAgentEndpointTests() : AgentEndpointTests(StoreKind.Postgres);
