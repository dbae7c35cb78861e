using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Agents;
using Guard.Protocol;

namespace Guard.Client.Tests;

public sealed class GuardedAgentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("guard-agent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_OfAFile_SendsBothSpellingsAndTheWorkspace()
    {
        File.WriteAllText(Path.Combine(_folder, "secret"), "");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), Path.Combine(_folder, "secret"));
        await using var server = ScriptedServer.OnTcp(request => Answer(request, _ => { }));
        using var client = Connect(server);

        var decision = await Agent(client).CheckAsync(Actions.ReadFile, "./link");

        decision.IsAllowed.Should().BeTrue();
        var sent = Sent(server);
        sent.Version.Should().Be(Wire.Version);
        sent.Hook.Analyser.Should().Be(Wire.AnalyserVersion);
        sent.Call.Should().Match<ToolCall>(call => call.Client == "release-bot" && call.SessionId == "s-1" && call.Workspace!.Written == _folder && call.Cwd == _folder);
        sent.Accesses.Should().Equal(new Access { Action = Actions.ReadFile, Resource = _folder + "/link", Real = _folder + "/secret", Primary = true });
    }

    [Fact]
    public async Task Check_OfACommandLine_SendsItTakenApart()
    {
        await using var server = ScriptedServer.OnTcp(request => Answer(request, _ => { }));
        using var client = Connect(server);

        await Agent(client).CheckAsync(Actions.ExecuteShell, "git status; rm -rf build");

        var accesses = Sent(server).Accesses;
        accesses[0].Should().Match<Access>(access => access.Primary && access.Inert && access.Resource == "git status; rm -rf build");
        // A rule that allows what begins with `git ` must never meet the whole line.
        accesses.Should().Contain(access => !access.Inert).And.NotContain(access => !access.Inert && access.Action == Actions.ExecuteShell && access.Resource.Contains(';'));
    }

    [Fact]
    public async Task Check_OfSeveralThings_SendsAllInOneCall()
    {
        await using var server = ScriptedServer.OnTcp(request => Answer(request, _ => { }));
        using var client = Connect(server);

        await Agent(client).CheckAsync(new GuardedCall
        {
            Tool = "publish",
            Accesses = [new GuardedAccess("invoke:publish", "package 1.0"), new GuardedAccess(Actions.ReadFile, "/srv/package.tgz"), new GuardedAccess(Actions.ConnectNetwork, "")],
        });

        Sent(server).Accesses.Select(access => (access.Action, access.Resource, access.Primary, access.Unknown)).Should().Equal(
            ("invoke:publish", "package 1.0", true, false),
            (Actions.ReadFile, "/srv/package.tgz", false, false),
            (Actions.ConnectNetwork, Access.UnknownResource, false, true));
    }

    [Fact]
    public async Task Enforce_Denied_ThrowsWithReasonPolicyRuleAndTrace()
    {
        await using var server = ScriptedServer.OnTcp(request => Answer(request, answer =>
        {
            (answer["answer"], answer["effect"]) = ("deny", "deny");
            (answer["reason"], answer["policy"], answer["rule"]) = ("Off limits.", "everyday", "credentials");
            answer["message"] = "guard: denied\u001b[2J";
        }));
        using var client = Connect(server);

        var thrown = (await Agent(client).Awaiting(agent => agent.EnforceAsync(Actions.ReadFile, ".env")).Should().ThrowAsync<PolicyDeniedException>()).Which;

        thrown.Should().Match<PolicyDeniedException>(e => e.Reason == "Off limits." && e.Policy == "everyday" && e.Rule == "credentials" && e.Effect == Effects.Deny);
        thrown.TraceId.Should().Be(Sent(server).TraceId);
        thrown.Message.Should().Be("guard: denied\\u001b[2J");
    }

    [Theory]
    [InlineData("ask")]
    [InlineData("approve")]
    [InlineData("")]
    [InlineData("ALLOW")]
    [InlineData("allow ")]
    public async Task Enforce_AnythingButAllow_Throws(string answer)
    {
        await using var server = ScriptedServer.OnTcp(request => Answer(request, body => body["answer"] = answer));
        using var client = Connect(server);

        await Agent(client).Awaiting(agent => agent.EnforceAsync(Actions.ReadFile, "a")).Should().ThrowAsync<PolicyDeniedException>();
    }

    /// <summary>Rows: what guard-hook refuses in an answer too (AnswerReader), and answers of other shapes.</summary>
    [Theory]
    [InlineData("version", "2", "*another version*")]
    [InlineData("traceId", "\"01980f3e-7c1a-7b3e-9f10-0a1b2c3d4e5f\"", "*another request*")]
    [InlineData("mode", "\"audit\"", "*only recorded*")]
    [InlineData("mode", "\"off\"", "*mode is none*")]
    [InlineData("effect", "\"deny\"", "*allows what policy does not*")]
    [InlineData("answer", "null", "*could not be read*")]
    [InlineData("answer", "true", "*could not be read*")]
    [InlineData("message", "\"\\ud800\"", "*could not be read*")]
    public async Task Check_AnswerThatCannotBeUsed_Throws(string member, string json, string message)
    {
        await using var server = ScriptedServer.OnTcp(request => Answer(request, answer => answer[member] = JsonNode.Parse("0"), member, json));
        using var client = Connect(server);

        await Agent(client).Awaiting(agent => agent.CheckAsync(Actions.ReadFile, "a")).Should().ThrowAsync<GatewayProtocolException>().WithMessage(message);
    }

    [Fact]
    public async Task Check_MemberThatStandsTwice_Throws()
    {
        await using var server = ScriptedServer.OnTcp(request => ScriptedServer.Json(200, AnswerTo(request, _ => { }).ToJsonString().Replace("{", """{"answer":"deny",""", StringComparison.Ordinal)));
        using var client = Connect(server);

        await Agent(client).Awaiting(agent => agent.CheckAsync(Actions.ReadFile, "a")).Should().ThrowAsync<GatewayProtocolException>();
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Enforce_GatewayRefuses_Throws(int status)
    {
        await using var server = ScriptedServer.OnTcp(ScriptedServer.Json(status, """{"detail":"no"}"""));
        using var client = Connect(server);

        await Agent(client).Awaiting(agent => agent.EnforceAsync(Actions.ReadFile, "a")).Should().ThrowAsync<GatewayProblemException>();
    }

    [Fact]
    public async Task Enforce_NoGateway_Throws()
    {
        using var client = new GatewayClient(new GatewayClientOptions { Address = GatewayAddress.Unix(Path.Combine(_folder, "none.sock")), ApiKey = "k" });

        await Agent(client).Awaiting(agent => agent.EnforceAsync(Actions.ReadFile, "a")).Should().ThrowAsync<GatewayUnreachableException>();
    }

    [Fact]
    public async Task Check_OfNothing_Throws()
    {
        using var client = new GatewayClient(new GatewayClientOptions { Address = GatewayAddress.Unix(Path.Combine(_folder, "none.sock")), ApiKey = "k" });

        await Agent(client).Awaiting(agent => agent.CheckAsync(new GuardedCall { Tool = "t", Accesses = [] })).Should().ThrowAsync<UnreadableInputException>();
    }

    [Fact]
    public void Construct_FolderThatIsNotAbsolute_IsRefused()
    {
        using var client = new GatewayClient(new GatewayClientOptions { Address = GatewayAddress.Unix("/none.sock") });

        var act = () => new GuardedAgent(client, new GuardedAgentOptions { Client = "c", Workspace = "app" });

        act.Should().Throw<ArgumentException>().WithMessage("*`app` is not absolute*");
    }

    private GuardedAgent Agent(GatewayClient client) =>
        new(client, new GuardedAgentOptions { Client = "release-bot", Version = "3.1", SessionId = "s-1", Workspace = _folder, Folder = _folder });

    private static GatewayClient Connect(ScriptedServer server) => new(new GatewayClientOptions { Address = server.Address, ApiKey = "guard_agent_x" });

    private static DecisionRequest Sent(ScriptedServer server) => JsonSerializer.Deserialize(Body(server.Requests.Single()), ProtocolJson.Default.DecisionRequest)!;

    private static string Body(string request) => request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static string Answer(string request, Action<JsonObject> change) => ScriptedServer.Json(200, AnswerTo(request, change).ToJsonString());

    private static string Answer(string request, Action<JsonObject> change, string member, string json) =>
        ScriptedServer.Json(200, AnswerTo(request, change).ToJsonString().Replace($"\"{member}\":0", $"\"{member}\":{json}", StringComparison.Ordinal));

    private static JsonObject AnswerTo(string request, Action<JsonObject> change)
    {
        var answer = new JsonObject
        {
            ["version"] = Wire.Version,
            ["traceId"] = JsonNode.Parse(Body(request))!["traceId"]!.GetValue<string>(),
            ["eventId"] = "e",
            ["answer"] = "allow",
            ["effect"] = "allow",
            ["granted"] = false,
            ["mode"] = "enforce",
            ["message"] = "guard: allowed",
        };
        change(answer);
        return answer;
    }
}
