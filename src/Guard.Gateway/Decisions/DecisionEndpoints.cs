using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Metrics;
using Guard.Gateway.OpenApi;
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

    public static void MapDecisions(this IEndpointRouteBuilder routes, DecisionService decisions, OutcomeService outcomes, GatewayMetrics metrics, TimeProvider clock)
    {
        routes.MapPost(Wire.DecisionsPath, async context =>
        {
            var began = clock.GetTimestamp();
            using var span = GatewayTraces.Decide();
            var request = await RequestBody.ReadAsync(context, Wire.MaxDecisionRequestBytes, GatewayJson.Context.DecisionRequest);
            var response = await decisions.DecideAsync(Caller.Required(context), request, context.Connection.RemoteIpAddress?.ToString());
            if (response.Answer != Effects.Walk)
            {
                span?.SetTag("guard.trace", response.TraceId).SetTag("guard.effect", response.Effect).SetTag("guard.answer", response.Answer).SetTag("guard.policy", response.Policy).SetTag("guard.rule", response.Rule);
                metrics.Decided(response.Effect, response.Answer, clock.GetElapsedTime(began));
            }

            await Reply.JsonAsync(context, StatusCodes.Status200OK, response, GatewayJson.Context.DecisionResponse);
        }).RequireScope(Scopes.Decisions).Describe(new EndpointContract("May this tool call happen? Answered when the decision is on record")
        {
            Request = typeof(DecisionRequest),
            Response = typeof(DecisionResponse),
            Problems = [new(400, ProblemCodes.Version), new(409, ProblemCodes.TraceReused), new(413, ProblemCodes.TooManyAccesses), new(503, ProblemCodes.AuditUnavailable)],
        });

        routes.MapPost(Wire.EventsPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxOutcomeBytes, GatewayJson.Context.OutcomeRequest);
            var response = await outcomes.RecordAsync(Caller.Required(context), request);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, response, GatewayJson.Context.OutcomeResponse);
        }).RequireScope(Scopes.Outcomes).Describe(new EndpointContract("Report how a tool call ended; one outcome per trace")
        {
            Request = typeof(OutcomeRequest),
            Response = typeof(OutcomeResponse),
            Problems = [new(400, ProblemCodes.Version), new(404, ProblemCodes.TraceUnknown), new(409, ProblemCodes.OutcomeExists), new(503, ProblemCodes.AuditUnavailable)],
        });
    }
}
