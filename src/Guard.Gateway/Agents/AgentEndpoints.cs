using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Agents;

/// <summary>Administration of agents.</summary>
internal static class AgentEndpoints
{
    private const int MaxBytes = 64 * 1024;

    public static void MapAgents(this IEndpointRouteBuilder routes, AgentService agents)
    {
        var admins = routes.MapGroup("/v1/agents").RequireKey(KeyKind.Admin);

        admins.MapGet("", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, new AgentList { Agents = agents.List() }, GatewayJson.Context.AgentList));

        admins.MapPost("", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.CreateAgentRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, agents.Create(request, Caller.Admin(context)), GatewayJson.Context.CreateAgentResponse);
        });

        admins.MapGet("/{nameOrId}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, agents.Details(Named(context)), GatewayJson.Context.AgentDetails));

        admins.MapPost("/{nameOrId}/keys", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.RotateKeyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, agents.Rotate(Named(context), request, Caller.Admin(context)), GatewayJson.Context.RotateKeyResponse);
        });

        admins.MapDelete("/{nameOrId}", context =>
        {
            var revoked = agents.Revoke(Named(context), Caller.Admin(context));
            return Reply.JsonAsync(context, StatusCodes.Status200OK, revoked, GatewayJson.Context.AgentInfo);
        });
    }

    private static string Named(HttpContext context) => (string)context.Request.RouteValues["nameOrId"]!;
}
