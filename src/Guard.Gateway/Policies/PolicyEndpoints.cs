using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
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
        var admins = routes.MapGroup("/v1/policies").RequireKey(KeyKind.Admin);

        admins.MapGet("", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.List(), GatewayJson.Context.PolicyList));

        admins.MapPut("", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.ApplyPoliciesRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Apply(request, Caller.Admin(context)), GatewayJson.Context.ApplyPoliciesResponse);
        });

        admins.MapPost("/validate", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.ApplyPoliciesRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Validate(request), GatewayJson.Context.ApplyPoliciesResponse);
        });

        admins.MapPost("/test", async context =>
        {
            var request = await RequestBody.ReadAsync(context, Wire.MaxDecisionRequestBytes, GatewayJson.Context.TestPolicyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, trial.Run(request), GatewayJson.Context.TestPolicyResponse);
        });

        admins.MapGet("/{name}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Find(Name(context)), GatewayJson.Context.PolicyFile));

        admins.MapDelete("/{name}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, policies.Remove(Name(context), Caller.Admin(context)), GatewayJson.Context.PolicyList));
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;
}
