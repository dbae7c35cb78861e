using System.Text;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Proof.Notes;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Proof;

/// <summary>The log of the record: what proves it, and what removes from it lawfully.</summary>
internal static class LogEndpoints
{
    private const int MaxBytes = 64 * 1024;
    private const string Disclose = "disclose";

    public static void MapLog(this IEndpointRouteBuilder routes, LogService log)
    {
        MapReading(routes, log);

        routes.MapPost(Wire.LogErasuresPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.EraseRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, log.Erase(request, Caller.Admin(context).Name), GatewayJson.Context.Erasure);
        }).RequireScope(Scopes.AuditErase).Describe(new EndpointContract("Erase the body of an event; its place in the log and the erasure stay on record")
        {
            Status = StatusCodes.Status201Created,
            Request = typeof(EraseRequest),
            Response = typeof(Erasure),
            Problems = [new(404, ProblemCodes.EventUnknown), new(409, ProblemCodes.EventErased), new(409, ProblemCodes.EventKept)],
        });

        routes.MapPost(Wire.LogExpiriesPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.ExpireRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, log.Expire(request, Caller.Admin(context).Name), GatewayJson.Context.Expiry);
        }).RequireScope(Scopes.AuditErase).Describe(new EndpointContract("End the retention of all months before one, of all events or of those with one retention; the places of their events in the log stay")
        {
            Status = StatusCodes.Status201Created,
            Request = typeof(ExpireRequest),
            Response = typeof(Expiry),
        });

        routes.MapPost(Wire.LogKeysPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.LogKeyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, await log.RotateAsync(request, Caller.Admin(context).Name, context.RequestAborted), GatewayJson.Context.LogInfo);
        }).RequireScope(Scopes.AuditKeys).Describe(new EndpointContract("Sign with a new key from now on, for which the one before vouches")
        {
            Status = StatusCodes.Status201Created,
            Request = typeof(LogKeyRequest),
            Response = typeof(LogInfo),
            Problems = [new(409, ProblemCodes.LogNotSigned)],
        });

        routes.MapPost(Wire.LogRestartsPath, async context =>
        {
            var request = await RequestBody.ReadAsync(context, MaxBytes, GatewayJson.Context.LogKeyRequest);
            await Reply.JsonAsync(context, StatusCodes.Status201Created, await log.RestartAsync(request, Caller.Admin(context).Name, context.RequestAborted), GatewayJson.Context.LogInfo);
        }).RequireScope(Scopes.AuditKeys).Describe(new EndpointContract("Begin a new log over the record as it is, with a key that nobody vouches for")
        {
            Status = StatusCodes.Status201Created,
            Request = typeof(LogKeyRequest),
            Response = typeof(LogInfo),
        });
    }

    private static void MapReading(IEndpointRouteBuilder routes, LogService log)
    {
        routes.MapGet(Wire.LogPath, context => Reply.JsonAsync(context, StatusCodes.Status200OK, log.Info(), GatewayJson.Context.LogInfo))
            .RequireScope(Scopes.AuditRead).Describe(new EndpointContract("How the log of the record stands: its newest signed head and its keys") { Response = typeof(LogInfo) });

        routes.MapGet(Wire.LogExportPath, async context =>
        {
            context.Response.ContentType = "application/jsonl";
            context.Response.Headers.CacheControl = "no-store";
            await log.Export.WriteAsync(log.Info(), context.Response.BodyWriter, context.RequestAborted);
        }).RequireScope(Scopes.AuditRead).Describe(new EndpointContract("All that verification needs of the record, one line of JSON for each leaf") { ContentType = "application/jsonl" });

        routes.MapGet(Wire.LogProofsPath + "/{eventId}", context =>
        {
            var proof = log.Prove((string)context.Request.RouteValues["eventId"]!, Flag(context.Request, Disclose));
            return Reply.TextAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(proof.ToString()));
        }).RequireScope(Scopes.AuditRead).Describe(new EndpointContract($"That an event is in the log, for whoever has the log's key: a C2SP proof file ({LogProof.FileExtension})")
        {
            Parameters = [new("eventId", "path", "Id of an event"), new(Disclose, "query", "Whether the proof holds the event itself; true unless stated") { Values = ["true", "false"] }],
            ContentType = "text/plain",
            Problems = [new(404, ProblemCodes.EventUnknown), new(409, ProblemCodes.EventUnsigned)],
        });
    }

    private static bool Flag(HttpRequest request, string name)
    {
        foreach (var (parameter, values) in request.Query)
        {
            if (parameter != name || values is not ["true" or "false"])
            {
                throw RefusedException.BadRequest($"A proof takes `{name}`, which is `true` or `false`, and nothing else.");
            }
        }

        return request.Query[name] != "false";
    }
}
