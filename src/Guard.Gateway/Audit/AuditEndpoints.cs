using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Audit;

/// <summary>Reading the record.</summary>
internal static class AuditEndpoints
{
    private static readonly TimeSpan StandardPeriod = TimeSpan.FromHours(24);

    public static void MapAudit(this IEndpointRouteBuilder routes, AuditReader reader, AuditStatistics statistics, AuditStreams streams, TimeProvider clock)
    {
        routes.MapGet(Wire.EventsPath, context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, reader.Page(AuditParameters.OfList(context.Request)), GatewayJson.Context.AuditPage))
            .RequireScope(Scopes.AuditRead).Describe(new EndpointContract("A page of the record, newest first")
            {
                Parameters = AuditParameters.OfLists,
                Response = typeof(AuditPage),
            });

        routes.MapGet(Wire.EventStatsPath, context =>
        {
            var (from, to) = ParsePeriod(context.Request.Query, clock.GetUtcNow());
            return Reply.JsonAsync(context, StatusCodes.Status200OK, statistics.Of(from, to), GatewayJson.Context.AuditStats);
        }).RequireScope(Scopes.AuditRead).Describe(new EndpointContract("The decisions of a time in numbers")
        {
            Parameters = AuditParameters.OfStatistics,
            Response = typeof(AuditStats),
        });

        routes.MapGet(Wire.EventStreamPath, context => streams.RunAsync(context, AuditParameters.OfStream(context.Request)))
            .RequireScope(Scopes.AuditRead).Describe(new EndpointContract("New events as they are recorded, as server-sent events; the data of each is an AuditEvent")
            {
                Parameters = AuditParameters.OfStreams,
                ContentType = AuditStreams.ContentType,
                Problems = [new(429, ProblemCodes.TooManyStreams)],
            });
    }

    private static (long From, long To) ParsePeriod(IQueryCollection parameters, DateTimeOffset now)
    {
        long? from = null;
        long? to = null;
        foreach (var (name, values) in parameters)
        {
            var time = AuditParameters.Time(name, AuditParameters.Single(name, values));
            switch (name)
            {
                case "from": from = time; break;
                case "to": to = time; break;
                default: throw RefusedException.BadRequest($"`{name}` is not a filter of statistics. There are: from, to.");
            }
        }

        // The end is exclusive, and what happens in this millisecond has happened.
        var end = to ?? now.ToUnixTimeMilliseconds() + 1;
        var begin = from ?? Math.Max(DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), end - (long)StandardPeriod.TotalMilliseconds);
        AuditParameters.CheckOrder(begin, end);
        return end - begin <= (long)AuditStats.LongestPeriod.TotalMilliseconds + 1
            ? (begin, end)
            : throw RefusedException.BadRequest($"The time from `from` to `to` must not be longer than {AuditStats.LongestPeriod.TotalDays} days.");
    }
}
