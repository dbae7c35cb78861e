using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Policies;

/// <summary>Administration of policies.</summary>
internal static class PolicyEndpoints
{
    private const int MaxBytes = 8 * 1024 * 1024;

    public static void MapPolicies(this IEndpointRouteBuilder routes, PolicyService policies, PolicyTrial trial)
    {
        var all = routes.MapGroup("/v1/policies");
        EndpointParameter[] name = [new("name", "path", "Name of a policy")];

        all.MapGet("", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.List(), GatewayJson.Context.PolicyList))
            .RequireScope(Scopes.PoliciesRead).Describe(new EndpointContract("The policies in force") { Response = typeof(PolicyList) });

        all.MapPut("", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.ApplyPoliciesRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Apply(request, Caller.Admin(context)), GatewayJson.Context.ApplyPoliciesResponse);
        }).RequireScope(Scopes.PoliciesWrite).Describe(new EndpointContract("Put documents in force, all or none")
        {
            Request = typeof(ApplyPoliciesRequest),
            Response = typeof(ApplyPoliciesResponse),
            Problems = [new(422, ProblemCodes.PoliciesInvalid)],
        });

        all.MapPost("/validate", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.ApplyPoliciesRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Validate(request), GatewayJson.Context.ApplyPoliciesResponse);
        }).RequireScope(Scopes.PoliciesRead).Describe(new EndpointContract("What putting documents in force would say")
        {
            Request = typeof(ApplyPoliciesRequest),
            Response = typeof(ApplyPoliciesResponse),
            Problems = [new(422, ProblemCodes.PoliciesInvalid)],
        });

        all.MapPost("/test", async context =>
        {
            var request = await RequestBody.ReadAsync(context, Wire.MaxDecisionRequestBytes, GatewayJson.Context.TestPolicyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, trial.Run(request), GatewayJson.Context.TestPolicyResponse);
        }).RequireScope(Scopes.PoliciesRead).Describe(new EndpointContract("What would be decided, rule by rule; nothing is recorded")
        {
            Request = typeof(TestPolicyRequest),
            Response = typeof(TestPolicyResponse),
            Problems = [new(404, ProblemCodes.AgentUnknown), new(413, ProblemCodes.TooManyAccesses)],
        });

        all.MapGet("/{name}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Find(Name(context)), GatewayJson.Context.PolicyFile))
            .RequireScope(Scopes.PoliciesRead).Describe(new EndpointContract("The document in force under a name")
            {
                Parameters = name,
                Response = typeof(PolicyFile),
                Problems = [new(404, ProblemCodes.PolicyUnknown)],
            });

        all.MapGet("/{name}/versions", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.History(Name(context)), GatewayJson.Context.PolicyHistory))
            .RequireScope(Scopes.PoliciesRead).Describe(new EndpointContract("Every version of a policy that was applied, newest first")
            {
                Parameters = name,
                Response = typeof(PolicyHistory),
                Problems = [new(404, ProblemCodes.PolicyUnknown)],
            });

        all.MapGet("/{name}/versions/{revision}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Version(Name(context), (string)context.Request.RouteValues["revision"]!), GatewayJson.Context.PolicyFile))
            .RequireScope(Scopes.PoliciesRead).Describe(new EndpointContract("The document of one version of a policy")
            {
                Parameters = [.. name, new("revision", "path", "Number of the version, from 1")],
                Response = typeof(PolicyFile),
                Problems = [new(404, ProblemCodes.PolicyUnknown)],
            });

        all.MapDelete("/{name}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Remove(Name(context), Caller.Admin(context)), GatewayJson.Context.PolicyList))
            .RequireScope(Scopes.PoliciesWrite).Describe(new EndpointContract("Take a policy out of force; the answer is what stays")
            {
                Parameters = name,
                Response = typeof(PolicyList),
                Problems = [new(404, ProblemCodes.PolicyUnknown), new(422, ProblemCodes.PoliciesInvalid)],
            });
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;
}
