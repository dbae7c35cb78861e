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
    private static readonly string Root = FindRoot();
    private static readonly string Document = File.ReadAllText(Path.Combine(Root, "docs", "api.md"));

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
            ("POST", "/v1/policies/validate", admin, "ApplyPoliciesRequest", HttpStatusCode.OK),
            ("PUT", "/v1/policies", admin, "ApplyPoliciesRequest", HttpStatusCode.OK),
            ("POST", "/v1/policies/test", admin, "TestPolicyRequest", HttpStatusCode.OK),
            ("POST", "/v1/agents", admin, "CreateAgentRequest", HttpStatusCode.Created),
            ("POST", "/v1/agents/build-bot/keys", admin, "RotateKeyRequest", HttpStatusCode.Created),
        };

        foreach (var row in rows)
        {
            var response = await gateway.SendAsync(new HttpMethod(row.Method), row.Path, row.Key, Example(row.Example));

            response.StatusCode.Should().Be(row.Status, $"{row.Example}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Commands_OfTheDocument_RunAsTheyStand()
    {
        await using var gateway = await TestGateway.StartAsync();
        var commands = Regex.Match(Document, "<!-- run: a call without a known client -->\n```sh\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", commands]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GUARD_GATEWAY_URL"] = gateway.Http.BaseAddress!.ToString().TrimEnd('/');
        start.Environment["GUARD_API_KEY"] = gateway.Credentials.AgentKey;

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        process.ExitCode.Should().Be(0, await error + await output);
        var response = JsonSerializer.Deserialize(await output, ProtocolJson.Default.DecisionResponse)!;
        response.Should().BeEquivalentTo(new { Answer = Effects.Deny, Reason = "no rule allows `invoke:publish app 1.4.0`" });
        (await gateway.EventsAsync("?kind=decision")).Events.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Client = "release-bot", Tool = "publish", response.TraceId });
    }

    [Fact]
    public void Endpoints_OfTheDocument_AreThoseOfTheGateway() =>
        Regex.Matches(Document, @"^\| (GET|POST|PUT|DELETE) (\S+) \| (agent|admin|none) \|", RegexOptions.Multiline)
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

    private static string Example(string name) => Examples.Where(row => (string)row[0] == name).Select(row => (string)row[1]).First();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Guard.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
