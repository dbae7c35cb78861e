using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Identity;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Hosting;

/// <summary>docs/api.md says what the code does.</summary>
public sealed class ApiDocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.PathOf("docs", "api.md"));

    public static TheoryData<string, string> Examples
    {
        get
        {
            var examples = new TheoryData<string, string>();
            foreach (Match match in Regex.Matches(Document, "<!-- example: (\\w+) -->\n```json\n(.*?)```", RegexOptions.Singleline))
            {
                examples.Add(match.Groups[1].Value, match.Groups[2].Value);
            }

            return examples;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_IsTheRecordItSays(string name, string json)
    {
        var type = GatewayJson.Context.GetTypeInfo(typeof(DecisionRequest).Assembly.GetType($"Guard.Protocol.{name}", throwOnError: true)!)!;

        var value = JsonSerializer.Deserialize(json, type);

        using var written = JsonDocument.Parse(json);
        JsonSerializer.SerializeToElement(value, type).EnumerateObject().Select(member => member.Name).Should().Contain(written.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Examples_OfRequests_AreAnsweredAsTheDocumentSays()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (agent, admin) = (gateway.Credentials.AgentKey, gateway.Credentials.AdminKey);
        var rows = new (string Method, string Path, string Key, string Example, HttpStatusCode Status)[]
        {
            ("POST", "/v1/decisions", agent, "DecisionRequest", HttpStatusCode.OK),
            ("POST", "/v1/events", agent, "OutcomeRequest", HttpStatusCode.OK),
            ("POST", "/v1/events/spooled", agent, "SpoolRequest", HttpStatusCode.OK),
            ("POST", "/v1/policies/validate", admin, "ApplyPoliciesRequest", HttpStatusCode.OK),
            ("PUT", "/v1/policies", admin, "ApplyPoliciesRequest", HttpStatusCode.OK),
            ("POST", "/v1/policies/test", admin, "TestPolicyRequest", HttpStatusCode.OK),
            ("POST", "/v1/agents", admin, "CreateAgentRequest", HttpStatusCode.Created),
            ("POST", "/v1/agents/build-bot/keys", admin, "RotateKeyRequest", HttpStatusCode.Created),
            ("PATCH", "/v1/agents/build-bot", admin, "UpdateAgentRequest", HttpStatusCode.OK),
            ("POST", "/v1/keys", admin, "CreateKeyRequest", HttpStatusCode.Created),
        };

        foreach (var row in rows)
        {
            var response = await gateway.SendAsync(new HttpMethod(row.Method), row.Path, row.Key, Example(row.Example));

            response.StatusCode.Should().Be(row.Status, $"{row.Example}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Stream_OfTheDocument_GivesWhatLiesBehindTheLastEvent()
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var path in new[] { "/home/dev/app/.env", "/home/dev/app/README.md", "/home/dev/app/.env.local" })
        {
            await gateway.DecideAsync(Some.Read(path));
        }

        var expected = (await gateway.EventsAsync("?decision=deny&after=4")).Events.Single();
        using var process = Run(gateway, "the stream");
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync();
        }
        while (line is not null && !line.StartsWith("data: ", StringComparison.Ordinal));

        process.Kill();
        JsonSerializer.Deserialize(line!["data: ".Length..], ProtocolJson.Default.AuditEvent)!.Should().BeEquivalentTo(new { expected.Id, expected.Position, Resource = "/home/dev/app/.env.local" });
    }

    [Fact]
    public async Task Call_OfTheDocument_RunsAsItStands()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var process = Run(gateway, "a call without a known client");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        process.ExitCode.Should().Be(0, await error + await output);
        var response = JsonSerializer.Deserialize(await output, ProtocolJson.Default.DecisionResponse)!;
        response.Should().BeEquivalentTo(new { Answer = Effects.Deny, Reason = "no rule allows `invoke:publish app 1.4.0`" });
        (await gateway.EventsAsync("?kind=decision")).Events.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Client = "release-bot", Tool = "publish", response.TraceId });
    }

    [Fact]
    public void Endpoints_OfTheDocument_AreThoseOfTheGateway() =>
        Regex.Matches(Document, @"^\| (GET|POST|PUT|PATCH|DELETE) (\S+) \| ([a-z:]+) \|", RegexOptions.Multiline)
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value}")
            .Should().BeEquivalentTo(AuthenticationTests.Endpoints.Select(row => $"{row[0]} {row[1]} {row[2]}"));

    [Fact]
    public void Codes_OfTheDocument_AreThoseOfTheCode()
    {
        var inCode = typeof(ProblemCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!);
        var documented = Regex.Matches(Document, @"^\| `([a-z-]+)` \| \d{3} \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();

        documented.Should().BeInAscendingOrder(StringComparer.Ordinal).And.OnlyHaveUniqueItems();
        documented.Should().BeEquivalentTo(inCode);
    }

    private static Process Run(TestGateway gateway, string name)
    {
        var commands = Regex.Match(Document, $"<!-- run: {name} -->\n```sh\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", commands.StartsWith("curl ", StringComparison.Ordinal) ? "exec " + commands : commands])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GUARD_GATEWAY_URL"] = gateway.Http.BaseAddress!.ToString().TrimEnd('/');
        start.Environment["GUARD_API_KEY"] = gateway.Credentials.AgentKey;
        start.Environment["GUARD_ADMIN_KEY"] = gateway.Credentials.AdminKey;
        return Process.Start(start)!;
    }

    private static string Example(string name) => Examples.Where(row => (string)row[0] == name).Select(row => (string)row[1]).First();
}
