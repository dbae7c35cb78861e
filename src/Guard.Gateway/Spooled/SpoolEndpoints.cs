using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Spooled;

/// <summary>Where hooks hand over what they kept.</summary>
internal static class SpoolEndpoints
{
    // A whole spool as JSON text, in which quotes take two bytes.
    private const int MaxBytes = 2 * 1024 * 1024;

    public static void MapSpool(this IEndpointRouteBuilder routes, SpoolService spool) =>
        routes.MapPost(Wire.SpooledEventsPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.SpoolRequest);
            var response = await spool.RecordAsync(Caller.Required(context), request);
            await Reply.JsonAsync(context, StatusCodes.Status200OK, response, GatewayJson.Context.SpoolResponse);
        }).RequireScope(Scopes.Outcomes).Describe(new EndpointContract("Hand over what a hook kept while no gateway took it; each line is recorded once")
        {
            Request = typeof(SpoolRequest),
            Response = typeof(SpoolResponse),
            Problems = [new(400, ProblemCodes.Version), new(503, ProblemCodes.AuditUnavailable)],
        });
}
