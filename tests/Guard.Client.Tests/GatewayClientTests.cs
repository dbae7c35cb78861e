using System.Net;
using System.Net.Sockets;
using Guard.Protocol;

namespace Guard.Client.Tests;

public sealed class GatewayClientTests : IDisposable
{
    private const string Key = "guard_admin_abcdefghijkl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private readonly string _folder = Directory.CreateTempSubdirectory("guard-client-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Call_OverUnixSocket_CarriesKeyAndQuery()
    {
        await using var server = ScriptedServer.OnUnixSocket(Path.Combine(_folder, "g.sock"), ScriptedServer.Json(200, """{"events":[]}"""));
        using var client = Connect(server.Address);

        var page = await client.GetEventsAsync(new AuditFilter { Agent = "a b&c", Decision = "deny", From = new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.FromHours(2)), Limit = 5, After = 7 });

        page.Events.Should().BeEmpty();
        server.Requests.Should().ContainSingle().Which.Should()
            .StartWith("GET /v1/events?agent=a%20b%26c&decision=deny&from=2026-03-01T00%3A00%3A00.0000000Z&limit=5&after=7 HTTP/1.1\r\n")
            .And.Contain($"Authorization: Bearer {Key}\r\n");
    }

    [Fact]
    public async Task Call_WithBody_SendsJsonWithLength()
    {
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(200, """{"bundle":"b","policies":[],"diagnostics":[]}"""));
        using var client = Connect(server.Address);

        await client.ApplyPoliciesAsync(new ApplyPoliciesRequest { Files = [new PolicyFile { Path = "a.yaml", Text = "name: a" }] });

        server.Requests.Should().ContainSingle().Which.Should()
            .StartWith("PUT /v1/policies HTTP/1.1\r\n").And.Contain("Content-Type: application/json")
            .And.EndWith("""{"files":[{"path":"a.yaml","text":"name: a"}]}""");
    }

    [Theory]
    [InlineData("../agents", "DELETE /v1/policies/..%2Fagents HTTP/1.1")]
    [InlineData("a?b", "DELETE /v1/policies/a%3Fb HTTP/1.1")]
    public async Task Call_HostileName_StaysOneSegment(string name, string line)
    {
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(200, """{"bundle":"b","policies":[]}"""));
        using var client = Connect(server.Address);

        await client.RemovePolicyAsync(name);

        server.Requests.Single().Should().StartWith(line);
    }

    [Fact]
    public async Task Call_ProblemAnswer_ThrowsWithDetailCodeAndStatus()
    {
        const string body = """{"title":"Unauthorized","status":401,"detail":"This key was revoked.\u001b[2J","code":"key-revoked"}""";
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(401, body, "application/problem+json"));
        using var client = Connect(server.Address);

        var thrown = (await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayProblemException>()).Which;

        thrown.Message.Should().Be("This key was revoked.\\u001b[2J (key-revoked, status 401)");
        thrown.IsNotAuthorised.Should().BeTrue();
        thrown.Problem.Code.Should().Be("key-revoked");
    }

    [Theory]
    [InlineData(500, "<html>", "refused the request without a reason (status 500)")]
    [InlineData(404, "", "does not know this request (status 404)")]
    [InlineData(409, "[]", "refused the request without a reason (status 409)")]
    public async Task Call_RefusalWithoutProblem_SaysStatus(int status, string body, string message)
    {
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(status, body, "text/html"));
        using var client = Connect(server.Address);

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayProblemException>().WithMessage($"*{message}");
    }

    [Fact]
    public async Task Call_Redirect_IsNotFollowed()
    {
        await using var target = ScriptedServer.OnTcp(ScriptedServer.Json(200, """{"agents":[]}"""));
        await using var server = ScriptedServer.OnTcp($"HTTP/1.1 307 X\r\nLocation: {target.Address}/v1/agents\r\nContent-Length: 0\r\n\r\n");
        using var client = Connect(server.Address);

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayProtocolException>().WithMessage("*redirects elsewhere (status 307)*");
        target.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"agents":null}""")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("not json")]
    public async Task Call_AnswerOfAnotherShape_IsAProtocolError(string body)
    {
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(200, body));
        using var client = Connect(server.Address);

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayProtocolException>().WithMessage("*gateway of this version*");
    }

    [Fact]
    public async Task Call_NotHttp_IsAProtocolError()
    {
        await using var server = ScriptedServer.OnTcp("SSH-2.0-OpenSSH_9.2\r\n");
        using var client = Connect(server.Address);

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayProtocolException>().WithMessage("*does not speak HTTP*");
    }

    [Fact]
    public async Task Call_SilentServer_IsUnreachableAfterTheTimeout()
    {
        await using var server = ScriptedServer.OnTcp("");
        using var client = new GatewayClient(new GatewayClientOptions { Address = server.Address, ApiKey = Key, Timeout = TimeSpan.FromMilliseconds(200) });

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayUnreachableException>().WithMessage("*did not answer within 0.2 s");
    }

    [Fact]
    public async Task Call_CancelledByTheCaller_IsCancellation()
    {
        await using var server = ScriptedServer.OnTcp("");
        using var client = Connect(server.Address);
        using var cancel = new CancellationTokenSource();
        var call = client.GetAgentsAsync(cancel.Token);

        await cancel.CancelAsync();

        await call.Awaiting(c => c).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Call_NobodyListens_IsUnreachable()
    {
        int port;
        using (var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)probe.LocalEndPoint!).Port;
        }

        using var client = Connect(GatewayAddress.Parse($"http://127.0.0.1:{port}"));

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayUnreachableException>()
            .WithMessage($"no gateway answers at http://127.0.0.1:{port}: the connection was refused");
    }

    [Fact]
    public async Task Call_NoSocketFile_IsUnreachable()
    {
        using var client = Connect(GatewayAddress.Unix(Path.Combine(_folder, "none.sock")));

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayUnreachableException>().WithMessage("no gateway answers at unix:*none.sock: there is no such address");
    }

    [Fact]
    public async Task Call_SocketPathTooLong_SaysSo()
    {
        using var client = Connect(GatewayAddress.Unix("/" + new string('x', 300)));

        await client.Awaiting(c => c.GetAgentsAsync()).Should().ThrowAsync<GatewayUnreachableException>().WithMessage("*too long for this system*");
    }

    [Fact]
    public async Task Health_FailingGateway_AnswersItsReport()
    {
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(503, """{"status":"failing","version":"1","checks":[{"name":"store","status":"failing"}]}"""));
        using var client = Connect(server.Address);

        (await client.GetHealthAsync()).Status.Should().Be("failing");
    }

    [Theory]
    [InlineData("")]
    [InlineData("guard_admin_x\r\nX-Evil: 1")]
    [InlineData("guard admin")]
    public void Construct_MalformedKey_IsRefusedWithoutShowingIt(string key)
    {
        var act = () => new GatewayClient(new GatewayClientOptions { Address = GatewayAddress.Unix("/tmp/g.sock"), ApiKey = key });

        act.Should().Throw<FormatException>().WithMessage("the key is malformed*").Which.Message.Should().NotContain("Evil");
    }

    private static GatewayClient Connect(GatewayAddress address) => new(new GatewayClientOptions { Address = address, ApiKey = Key });
}
