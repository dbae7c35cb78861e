using System.Net;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Agents;

public sealed class AgentEndpointTests
{
    [Fact]
    public async Task Agent_Created_IsListedWithoutItsKey()
    {
        await using var gateway = await TestGateway.StartAsync();

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
        await using var gateway = await TestGateway.StartAsync();
        await gateway.DecideAsync(Some.Read());

        var list = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/agents", gateway.Credentials.AdminKey), ProtocolJson.Default.AgentList, HttpStatusCode.OK);

        list.Agents.Single().LastSeenAt.Should().NotBeNull();
    }

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
        await using var gateway = await TestGateway.StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Post, "/v1/agents", gateway.Credentials.AdminKey, body);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Detail.Should().Contain(expected);
    }

    [Fact]
    public async Task Agent_OfATakenName_IsAConflictUntilThatOneIsRevoked()
    {
        await using var gateway = await TestGateway.StartAsync();
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
