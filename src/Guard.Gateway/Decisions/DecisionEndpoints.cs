using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Decisions;

/// <summary>What agents call: decide and report.</summary>
internal static class DecisionEndpoints
{
    // An outcome carries sizes and digests, never the output.
    private const int MaxOutcomeBytes = 64 * 1024;

    public static void MapDecisions(this IEndpointRouteBuilder routes, DecisionService decisions, OutcomeService outcomes)
    {
        var agents = routes.MapGroup("").RequireKey(KeyKind.Agent);

        agents.MapPost(Wire.DecisionsPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, Wire.MaxDecisionRequestBytes, GatewayJson.Context.DecisionRequest);
            var response = await decisions.DecideAsync(Caller.Required(context), request, context.Connection.RemoteIpAddress?.ToString());
            await Reply.JsonAsync(context, StatusCodes.Status200OK, response, GatewayJson.Context.DecisionResponse);
        });

        agents.MapPost(Wire.EventsPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxOutcomeBytes, GatewayJson.Context.OutcomeRequest);
            var response = await outcomes.RecordAsync(Caller.Required(context), request);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, response, GatewayJson.Context.OutcomeResponse);
        });
    }
}
