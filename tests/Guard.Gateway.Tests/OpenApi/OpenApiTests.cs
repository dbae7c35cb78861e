using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Gateway.Tests.Identity;
using Guard.Gateway.Tests.Spooled;
using Guard.Protocol;

namespace Guard.Gateway.Tests.OpenApi;

/// <summary>docs/openapi.json is what the gateway does.</summary>
public sealed class OpenApiTests
{
    private static readonly string Committed = File.ReadAllText(Repository.PathOf("docs", "openapi.json"));

    [Fact]
    public async Task Document_IsMadeOfTheEndpointsAndTheRecords()
    {
        await using var gateway = await TestGateway.StartAsync();

        var made = OpenApiDocument.Of(gateway.Host.Endpoints);

        var place = Repository.PathOf("artifacts", "openapi.json");
        await File.WriteAllTextAsync(place, made);
        (made == Committed).Should().BeTrue($"docs/openapi.json must be what the endpoints and records say; copy {place} over it and look at the difference");
    }

    [Fact]
    public async Task Document_IsServedWithoutAKey()
    {
        await using var gateway = await TestGateway.StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Get, "/openapi/v1.json", null);

        (await response.Content.ReadAsStringAsync()).Should().Be(Committed);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
    }

    [Fact]
    public void Document_HasEveryEndpointWithItsScopeAndNoOther()
    {
        var document = JsonNode.Parse(Committed)!;

        var described = from path in document["paths"]!.AsObject()
                        from operation in path.Value!.AsObject()
                        let scope = operation.Value!["security"]?[0]!["key"]![0]!.GetValue<string>() ?? "none"
                        select $"{operation.Key.ToUpperInvariant()} {path.Key} {scope}";
        described.Should().BeEquivalentTo(AuthenticationTests.Endpoints.Select(row => $"{row[0]} {row[1]} {row[2]}"));
    }

    [Fact]
    public async Task Answers_OfEveryEndpoint_FitTheirSchemas()
    {
        await using var gateway = await TestGateway.StartAsync();
        var calls = new Calls(gateway);
        var (agent, admin) = (gateway.Credentials.AgentKey, gateway.Credentials.AdminKey);
        var denied = Some.Read("/home/dev/app/.env");
        await calls.AddAsync("POST", "/v1/decisions", agent, 200, Json(denied));
        await calls.AddAsync("POST", "/v1/decisions", agent, 409, Json(denied));
        await calls.AddAsync("POST", "/v1/events", agent, 200, JsonSerializer.Serialize(Some.Outcome(denied.TraceId) with { ExitCode = 1 }, ProtocolJson.Default.OutcomeRequest));
        await calls.AddAsync("POST", "/v1/events/spooled", agent, 200, JsonSerializer.Serialize(new SpoolRequest { Version = Wire.Version, Lines = ["cut", SpoolTests.Line(SpoolTests.Denied(Some.Write()))] }, ProtocolJson.Default.SpoolRequest));
        await calls.AddAsync("POST", "/v1/decisions", admin, 403, Json(denied));
        await calls.AddAsync("POST", "/v1/decisions", null, 401, "{}");
        await calls.AddAsync("PUT", "/v1/policies", admin, 200, TestGateway.Files(("extra.yaml", "name: extra\nversion: \"2\"\ndescription: more\nrules:\n  - { id: r, effect: deny, actions: [\"read:env\"] }\n")));
        await calls.AddAsync("PUT", "/v1/policies", admin, 422, TestGateway.Files(("bad.yaml", "name: bad\nrules: 7\n")));
        await calls.AddAsync("POST", "/v1/policies/validate", admin, 200, TestGateway.Files(("more.yaml", "name: more\nrules:\n  - { id: r, effect: allow, actions: [\"read:env\"] }\n")));
        await calls.AddAsync("POST", "/v1/policies/test", admin, 200, JsonSerializer.Serialize(new TestPolicyRequest { Agent = "first", Call = denied.Call, Accesses = denied.Accesses }, ProtocolJson.Default.TestPolicyRequest));
        await calls.AddAsync("GET", "/v1/policies", admin, 200);
        await calls.AddAsync("GET", "/v1/policies/{name}", admin, 200, values: "extra");
        await calls.AddAsync("GET", "/v1/policies/{name}", admin, 404, values: "none");
        await calls.AddAsync("GET", "/v1/policies/{name}/versions", admin, 200, values: "extra");
        await calls.AddAsync("GET", "/v1/policies/{name}/versions/{revision}", admin, 200, body: null, "extra", "1");
        await calls.AddAsync("GET", "/v1/policies/{name}/versions/{revision}", admin, 404, body: null, "extra", "9");
        await calls.AddAsync("DELETE", "/v1/policies/{name}", admin, 200, values: "extra");
        await calls.AddAsync("POST", "/v1/agents", admin, 201, """{"name":"bot","tags":["ci"],"keyScopes":["decisions"],"keyExpiresAt":"2099-01-01T00:00:00Z"}""");
        await calls.AddAsync("PATCH", "/v1/agents/{nameOrId}", admin, 200, """{"tags":["ci","nightly"]}""", "bot");
        await calls.AddAsync("POST", "/v1/agents/{nameOrId}/keys", admin, 201, """{"overlapSeconds":60}""", "bot");
        await calls.AddAsync("GET", "/v1/agents", admin, 200);
        var keys = (await calls.AddAsync("GET", "/v1/agents/{nameOrId}", admin, 200, values: "first"))!["keys"]!;
        await calls.AddAsync("DELETE", "/v1/agents/{nameOrId}/keys/{prefix}", admin, 200, null, "first", keys[0]!["prefix"]!.GetValue<string>());
        await calls.AddAsync("DELETE", "/v1/agents/{nameOrId}", admin, 200, null, "bot");
        var auditor = (await calls.AddAsync("POST", "/v1/keys", admin, 201, """{"scopes":["audit:read"],"expiresAt":"2099-01-01T00:00:00Z","owner":"auditor"}"""))!;
        await calls.AddAsync("GET", "/v1/keys", admin, 200);
        await calls.AddAsync("GET", "/v1/keys", auditor["apiKey"]!.GetValue<string>(), 403);
        await calls.AddAsync("DELETE", "/v1/keys/{prefix}", admin, 200, null, auditor["key"]!["prefix"]!.GetValue<string>());
        await calls.AddAsync("GET", "/v1/events", admin, 200);
        await calls.AddAsync("GET", "/v1/events/stats", admin, 200);
        await calls.AddAsync("GET", "/v1/log", admin, 200);
        await calls.AddAsync("GET", "/v1/log/proofs/{eventId}", admin, 404, values: Some.Trace());
        var erased = (await gateway.EventsAsync("?kind=outcome")).Events[0].Id;
        await calls.AddAsync("POST", "/v1/log/erasures", admin, 201, $$"""{"eventId":"{{erased}}","reason":"a test"}""");
        await calls.AddAsync("POST", "/v1/log/erasures", admin, 409, $$"""{"eventId":"{{erased}}","reason":"a test"}""");
        await calls.AddAsync("POST", "/v1/log/expiries", admin, 201, """{"before":"2024-01","reason":"a test"}""");
        await calls.AddAsync("POST", "/v1/log/restarts", admin, 201, """{"reason":"a test"}""");
        await calls.AddAsync("POST", "/v1/log/keys", admin, 201, """{"reason":"a test"}""");
        await calls.AddAsync("GET", "/health", null, 200);
        await calls.AddAsync("GET", "/health/ready", null, 200);
        foreach (var e in (await gateway.EventsAsync()).Events)
        {
            calls.AddValue($"event {e.Kind} {e.Change?.Operation}", nameof(AuditEvent), JsonSerializer.SerializeToNode(e, ProtocolJson.Default.AuditEvent)!);
        }

        (await ValidateAsync(calls.Cases)).Should().BeEmpty();
        calls.NotCalled().Should().BeEquivalentTo("GET /health/live", "GET /metrics", "GET /openapi/v1.json", "GET /v1/events/stream", "GET /v1/log/export", "GET /v1/log/proofs/{eventId}");
    }

    [Fact]
    public async Task Validator_OfWhatDoesNotFit_SaysSo()
    {
        var wrong = new JsonObject { ["name"] = "x", ["status"] = 7, ["surplus"] = true };

        var problems = await ValidateAsync([new JsonObject { ["name"] = "wrong", ["schema"] = nameof(HealthCheck), ["value"] = wrong }]);

        problems.Should().ContainSingle().Which.Should().Contain("must be string").And.Contain("additional properties");
    }

    private static string Json(DecisionRequest request) => JsonSerializer.Serialize(request, ProtocolJson.Default.DecisionRequest);

    private static async Task<IReadOnlyList<string>> ValidateAsync(IEnumerable<JsonNode> cases)
    {
        var start = new ProcessStartInfo("node", [Repository.PathOf("tests", "Guard.Gateway.Tests", "OpenApi", "validate.mjs"), Repository.SchemaValidator])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(new JsonObject { ["document"] = JsonNode.Parse(Committed), ["cases"] = new JsonArray([.. cases]) }.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Calls endpoints and collects bodies with the schemas that the document gives them.</summary>
    private sealed class Calls(TestGateway gateway)
    {
        private readonly JsonNode _document = JsonNode.Parse(Committed)!;
        private readonly HashSet<string> _called = new(StringComparer.Ordinal);

        public List<JsonNode> Cases { get; } = [];

        public IEnumerable<string> NotCalled() =>
            from path in _document["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            let name = $"{operation.Key.ToUpperInvariant()} {path.Key}"
            where !_called.Contains(name)
            select name;

        public async Task<JsonNode?> AddAsync(string method, string path, string? key, int status, string? body = null, params string[] values)
        {
            var name = $"{method} {path}";
            var operation = _document["paths"]![path]![method.ToLowerInvariant()]!;
            var filled = values.Aggregate(path, (filled, value) => filled[..filled.IndexOf('{')] + value + filled[(filled.IndexOf('}') + 1)..]);
            var response = await gateway.SendAsync(new HttpMethod(method), filled, key, body);

            var answer = await response.Content.ReadAsStringAsync();
            response.StatusCode.Should().Be((HttpStatusCode)status, $"{name}: {answer}");
            var described = operation["responses"]![status.ToString()];
            described.Should().NotBeNull($"the document must say that {name} answers {status}");
            var (type, content) = described!["content"]!.AsObject().Single();
            response.Content.Headers.ContentType!.MediaType.Should().Be(type);
            var value = JsonNode.Parse(answer)!;
            if (status >= 400)
            {
                described["description"]!.GetValue<string>().Split(", ").Should().Contain(value["code"]!.GetValue<string>());
            }
            else
            {
                _called.Add(name);
            }

            AddValue($"{name} {status}", SchemaOf(content!), value);
            if (body is not null && status < 400)
            {
                AddValue($"{name} request", SchemaOf(operation["requestBody"]!["content"]!["application/json"]!), JsonNode.Parse(body)!);
            }

            return value;
        }

        public void AddValue(string name, string schema, JsonNode value) =>
            Cases.Add(new JsonObject { ["name"] = name, ["schema"] = schema, ["value"] = value.DeepClone() });

        private static string SchemaOf(JsonNode content) => content["schema"]!["$ref"]!.GetValue<string>().Split('/')[^1];
    }
}
