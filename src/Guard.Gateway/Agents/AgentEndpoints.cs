using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
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
        var all = routes.MapGroup("/v1/agents");
        EndpointParameter[] named = [new("nameOrId", "path", "Id of an agent, or name of one that is not revoked")];

        all.MapGet("", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, new AgentList { Agents = agents.List() }, GatewayJson.Context.AgentList))
            .RequireScope(Scopes.AgentsRead).Describe(new EndpointContract("All agents, the revoked ones too") { Response = typeof(AgentList) });

        all.MapPost("", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.CreateAgentRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, agents.Create(request, Caller.Admin(context)), GatewayJson.Context.CreateAgentResponse);
        }).RequireScope(Scopes.AgentsWrite).Describe(new EndpointContract("Make an agent and its first key, which is shown this once")
        {
            Status = StatusCodes.Status201Created,
            Request = typeof(CreateAgentRequest),
            Response = typeof(CreateAgentResponse),
            Problems = [new(409, ProblemCodes.AgentExists)],
        });

        all.MapGet("/{nameOrId}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, agents.Details(Named(context)), GatewayJson.Context.AgentDetails))
            .RequireScope(Scopes.AgentsRead).Describe(new EndpointContract("One agent with all its keys and what its hook said of itself last")
            {
                Parameters = named,
                Response = typeof(AgentDetails),
                Problems = [new(404, ProblemCodes.AgentUnknown)],
            });

        all.MapPost("/{nameOrId}/keys", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.RotateKeyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, agents.Rotate(Named(context), request, Caller.Admin(context)), GatewayJson.Context.RotateKeyResponse);
        }).RequireScope(Scopes.AgentsWrite).Describe(new EndpointContract("Make a new key, shown this once; those before it end after the overlap")
        {
            Status = StatusCodes.Status201Created,
            Parameters = named,
            Request = typeof(RotateKeyRequest),
            Response = typeof(RotateKeyResponse),
            Problems = [new(404, ProblemCodes.AgentUnknown), new(409, ProblemCodes.AgentRevoked)],
        });

        all.MapPatch("/{nameOrId}", async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.UpdateAgentRequest);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, agents.Update(Named(context), request, Caller.Admin(context)), GatewayJson.Context.AgentInfo);
        }).RequireScope(Scopes.AgentsWrite).Describe(new EndpointContract("Change what is stated of an agent; the next decision goes by it")
        {
            Parameters = named,
            Request = typeof(UpdateAgentRequest),
            Response = typeof(AgentInfo),
            Problems = [new(404, ProblemCodes.AgentUnknown), new(409, ProblemCodes.AgentRevoked)],
        });

        all.MapDelete("/{nameOrId}/keys/{prefix}", context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, agents.RevokeKey(Named(context), (string)context.Request.RouteValues["prefix"]!, Caller.Admin(context)), GatewayJson.Context.AgentDetails))
            .RequireScope(Scopes.AgentsWrite).Describe(new EndpointContract("Revoke one key of an agent")
            {
                Parameters = [.. named, new("prefix", "path", "The visible part of the key")],
                Response = typeof(AgentDetails),
                Problems = [new(404, ProblemCodes.AgentUnknown), new(404, ProblemCodes.KeyAbsent)],
            });

        all.MapDelete("/{nameOrId}", context =>
        {
            var revoked = agents.Revoke(Named(context), Caller.Admin(context));
            return Reply.JsonAsync(context, StatusCodes.Status200OK, revoked, GatewayJson.Context.AgentInfo);
        }).RequireScope(Scopes.AgentsWrite).Describe(new EndpointContract("Revoke an agent and all its keys")
        {
            Parameters = named,
            Response = typeof(AgentInfo),
            Problems = [new(404, ProblemCodes.AgentUnknown), new(409, ProblemCodes.AgentRevoked)],
        });
    }

    private static string Named(HttpContext context) => (string)context.Request.RouteValues["nameOrId"]!;
}
