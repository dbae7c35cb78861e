using System.Net;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Identity;

public sealed class ScopeTests
{
    public static IEnumerable<object[]> Scoped => AuthenticationTests.Endpoints.Where(row => (string)row[2] != "none");

    [Theory]
    [MemberData(nameof(Scoped))]
    public async Task Endpoint_ForAKeyWithItsScopeAlone_LetsItIn(string method, string path, string scope)
    {
        await using var gateway = await TestGateway.StartAsync();

        var response = await gateway.SendAsync(new HttpMethod(method), path, await KeyAsync(gateway, [scope]), completion: HttpCompletionOption.ResponseHeadersRead);

        response.StatusCode.Should().NotBe(HttpStatusCode.Unauthorized).And.NotBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [MemberData(nameof(Scoped))]
    public async Task Endpoint_ForAKeyWithEveryOtherScope_RefusesIt(string method, string path, string scope)
    {
        await using var gateway = await TestGateway.StartAsync();
        var others = (Scopes.OfAgents.Contains(scope) ? Scopes.OfAgents : Scopes.OfAdmins).Where(other => other != scope).ToList();

        var response = await gateway.SendAsync(new HttpMethod(method), path, await KeyAsync(gateway, others));

        var problem = await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.Forbidden);
        problem.Code.Should().Be("key-scope");
        problem.Detail.Should().Contain($"`{scope}`");
        await using var again = await gateway.RestartAsync();
        (await again.EventsAsync("?kind=refused")).Events.Should().Contain(e => e.Reason!.Contains("key-scope 1"), "a refusal is on record");
    }

    [Fact]
    public void Scopes_OfEndpoints_AreKnownAndAllUsed() =>
        AuthenticationTests.Endpoints.Select(row => (string)row[2]).Distinct().Should().BeEquivalentTo([.. Scopes.OfAgents, .. Scopes.OfAdmins, "none"]);

    private static async Task<string> KeyAsync(TestGateway gateway, IReadOnlyList<string> scopes) =>
        Scopes.OfAgents.Contains(scopes[0])
            ? (await gateway.CreateAgentAsync("scoped", keyScopes: scopes)).ApiKey
            : (await gateway.CreateKeyAsync(scopes)).ApiKey;
}
