using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Health;

/// <summary>For people, supervisors and load balancers; no key.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes, HealthService health)
    {
        var all = routes.MapGroup("/health").AllowWithoutKey();

        // The process answers: that is all.
        all.MapGet("/live", static context =>
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        }).Describe(new EndpointContract("The process answers"));

        all.MapGet("/ready", context => Answer(context, health))
            .Describe(new EndpointContract("Whether the gateway can decide and record, for load balancers") { Response = typeof(HealthReport), ReportsFailure = true });
        all.MapGet("", context => Answer(context, health))
            .Describe(new EndpointContract("Whether the gateway can decide and record, and why not") { Response = typeof(HealthReport), ReportsFailure = true });
    }

    private static Task Answer(HttpContext context, HealthService health)
    {
        var report = health.Report();
        var status = HealthService.IsReady(report) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Reply.JsonAsync(context, status, report, GatewayJson.Context.HealthReport);
    }
}
