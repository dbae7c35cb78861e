using System.Text;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Metrics;

/// <summary>For Prometheus and what speaks its language.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes, MetricsReader reader) =>
        routes.MapGet("/metrics", async context =>
        {
            var body = Encoding.UTF8.GetBytes(reader.Write());
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = PrometheusText.ContentType;
            context.Response.ContentLength = body.Length;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }).RequireScope(Scopes.MetricsRead).Describe(new EndpointContract("What can be watched about this gateway, as Prometheus' text exposition 0.0.4") { ContentType = "text/plain" });
}
