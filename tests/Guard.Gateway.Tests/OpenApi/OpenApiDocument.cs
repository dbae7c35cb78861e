using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Gateway.Hosting;
using Guard.Gateway.OpenApi;
using Guard.Protocol;

namespace Guard.Gateway.Tests.OpenApi;

/// <summary>Makes docs/openapi.json out of the endpoints of a gateway and the records of the wire.</summary>
internal static class OpenApiDocument
{
    private const string Security = "key";
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(IReadOnlyList<MappedEndpoint> endpoints)
    {
        var schemas = new SchemaCatalogue();
        var paths = new JsonObject();
        foreach (var path in endpoints.GroupBy(endpoint => endpoint.Path).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            paths[path.Key] = new JsonObject(path.OrderBy(endpoint => endpoint.Method, StringComparer.Ordinal).Select(endpoint => KeyValuePair.Create(endpoint.Method.ToLowerInvariant(), (JsonNode?)Operation(endpoint, schemas))));
        }

        // What a stream carries stands in no answer's schema.
        schemas.Reference(typeof(AuditEvent));
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Guard gateway",
                ["version"] = "1",
                ["description"] = "Decisions, the record, policies, agents and keys. docs/api.md explains it.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    [Security] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] = $"An API key. Scopes of agent keys (`guard_agent_...`): {string.Join(", ", Scopes.OfAgents)}. Scopes of admin keys (`guard_admin_...`): {string.Join(", ", Scopes.OfAdmins)}.",
                    },
                },
                ["schemas"] = schemas.ToJson(),
            },
        };
        return document.ToJsonString(Layout) + "\n";
    }

    private static JsonObject Operation(MappedEndpoint endpoint, SchemaCatalogue schemas)
    {
        var contract = endpoint.Contract;
        var operation = new JsonObject
        {
            ["operationId"] = OperationId(endpoint),
            ["tags"] = new JsonArray(Tag(endpoint.Path)),
            ["summary"] = contract.Summary,
        };
        if (endpoint.Scope is { } scope)
        {
            operation["security"] = new JsonArray(new JsonObject { [Security] = new JsonArray(scope.Scope) });
        }

        if (contract.Parameters.Count > 0)
        {
            operation["parameters"] = new JsonArray([.. contract.Parameters.Select(Parameter)]);
        }

        if (contract.Request is { } request)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", schemas.Reference(request)) };
        }

        operation["responses"] = Responses(endpoint, schemas);
        return operation;
    }

    private static JsonObject Parameter(EndpointParameter parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Values.Count > 0)
        {
            schema["enum"] = new JsonArray([.. parameter.Values.Select(value => (JsonNode)value)]);
        }

        if (parameter.Least is { } least)
        {
            schema["minimum"] = least;
        }

        if (parameter.Most is { } most)
        {
            schema["maximum"] = most;
        }

        return new JsonObject
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.In == "path",
            ["description"] = parameter.Description,
            ["schema"] = schema,
        };
    }

    private static JsonObject Responses(MappedEndpoint endpoint, SchemaCatalogue schemas)
    {
        var contract = endpoint.Contract;
        var done = new JsonObject { ["description"] = contract.Status == 201 ? "Made" : "Done" };
        if (contract.Response is { } response)
        {
            done["content"] = Content(contract.ContentType, schemas.Reference(response));
        }
        else if (contract.ContentType != "application/json")
        {
            done["content"] = Content(contract.ContentType, new JsonObject { ["type"] = "string" });
        }

        var responses = new JsonObject { [contract.Status.ToString()] = done };
        if (contract.ReportsFailure)
        {
            responses["503"] = new JsonObject { ["description"] = "It cannot decide or record", ["content"] = Content("application/json", schemas.Reference(contract.Response!)) };
        }

        foreach (var status in Problems(endpoint).GroupBy(problem => problem.Status).OrderBy(group => group.Key))
        {
            responses[status.Key.ToString()] = new JsonObject
            {
                ["description"] = string.Join(", ", status.Select(problem => problem.Code).Distinct().Order(StringComparer.Ordinal)),
                ["content"] = Content("application/problem+json", schemas.Reference(typeof(Problem))),
            };
        }

        return responses;
    }

    /// <summary>The endpoint's own and those that follow from what it takes.</summary>
    public static IEnumerable<EndpointProblem> Problems(MappedEndpoint endpoint)
    {
        var contract = endpoint.Contract;
        IEnumerable<EndpointProblem> problems = contract.Problems;
        if (endpoint.Scope is not null)
        {
            problems =
            [
                .. problems,
                new(401, ProblemCodes.KeyExpired), new(401, ProblemCodes.KeyMalformed), new(401, ProblemCodes.KeyMissing), new(401, ProblemCodes.KeyRevoked), new(401, ProblemCodes.KeyUnknown),
                new(403, ProblemCodes.KeyKind), new(403, ProblemCodes.KeyScope),
                new(429, ProblemCodes.RateLimited), new(429, ProblemCodes.TooManyFailures),
                new(500, ProblemCodes.InternalError), new(503, ProblemCodes.StoreUnavailable),
            ];
        }

        if (contract.Request is not null)
        {
            problems = [.. problems, new(400, ProblemCodes.BadRequest), new(413, ProblemCodes.BodyTooLarge)];
        }

        return contract.Parameters.Any(parameter => parameter.In != "path") ? [.. problems, new(400, ProblemCodes.BadRequest)] : problems;
    }

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static string Tag(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["v1", var feature, ..] ? feature : "gateway";

    private static string OperationId(MappedEndpoint endpoint)
    {
        var words = endpoint.Path.Split(['/', '{', '}', '.'], StringSplitOptions.RemoveEmptyEntries).Where(word => word != "v1");
        return endpoint.Method.ToLowerInvariant() + string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
