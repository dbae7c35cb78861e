using System.Globalization;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Guard.Gateway.Audit;

/// <summary>Reading the record.</summary>
internal static class AuditEndpoints
{
    private static readonly TimeSpan StandardPeriod = TimeSpan.FromHours(24);

    public static void MapAudit(this IEndpointRouteBuilder routes, AuditReader reader, AuditStatistics statistics, TimeProvider clock)
    {
        var admins = routes.MapGroup("").RequireKey(KeyKind.Admin);

        admins.MapGet(Wire.EventsPath, context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, reader.Page(Parse(context.Request.Query)), GatewayJson.Context.AuditPage));

        admins.MapGet(Wire.EventStatsPath, context =>
        {
            var (from, to) = ParsePeriod(context.Request.Query, clock.GetUtcNow());
            return Reply.JsonAsync(context, StatusCodes.Status200OK, statistics.Of(from, to), GatewayJson.Context.AuditStats);
        });
    }

    private static (long From, long To) ParsePeriod(IQueryCollection parameters, DateTimeOffset now)
    {
        long? from = null;
        long? to = null;
        foreach (var (name, values) in parameters)
        {
            var time = Time(name, Single(name, values));
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
        CheckOrder(begin, end);
        return end - begin <= (long)AuditStats.LongestPeriod.TotalMilliseconds + 1
            ? (begin, end)
            : throw RefusedException.BadRequest($"The time from `from` to `to` must not be longer than {AuditStats.LongestPeriod.TotalDays} days.");
    }

    // A filter that is not known is refused: a list that silently ignores a misspelt one shows the wrong events.
    private static AuditQuery Parse(IQueryCollection parameters)
    {
        var query = new AuditQuery();
        foreach (var (name, values) in parameters)
        {
            var value = Single(name, values);
            query = name switch
            {
                "agent" => query with { Agent = value },
                "action" => query with { Action = value },
                "decision" => query with { Decision = value is Effects.Allow or Effects.Ask or Effects.Approve or Effects.Deny ? value : throw RefusedException.BadRequest("`decision` must be `allow`, `ask`, `approve` or `deny`.") },
                "tool" => query with { Tool = value },
                "session" => query with { Session = value },
                "policy" => query with { Policy = value },
                "rule" => query with { Rule = value },
                "trace" => query with { Trace = value },
                "kind" => query with { Kind = value },
                "from" => query with { From = Time(name, value) },
                "to" => query with { To = Time(name, value) },
                "before" => query with { Before = Number(name, value, long.MaxValue) },
                "after" => query with { After = Number(name, value, long.MaxValue) },
                "limit" => query with { Limit = (int)Number(name, value, AuditQuery.MaxLimit, least: 1) },
                _ => throw RefusedException.BadRequest($"`{name}` is not a filter of events. There are: agent, action, decision, tool, session, policy, rule, trace, kind, from, to, limit, before, after."),
            };
        }

        CheckOrder(query.From, query.To);
        return query is { Before: not null, After: not null } ? throw RefusedException.BadRequest("`before` and `after` exclude each other.") : query;
    }

    private static string Single(string name, StringValues values) =>
        values.Count == 1 && values[0] is { Length: > 0 } single ? single : throw RefusedException.BadRequest($"`{name}` needs exactly one value.");

    private static long Time(string name, string value) =>
        AuditTime.TryParse(value, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw RefusedException.BadRequest($"`{name}` must be an ISO 8601 date or instant, such as 2026-03-01 or 2026-03-01T09:30:00Z.");

    private static void CheckOrder(long? from, long? to)
    {
        if (from >= to)
        {
            throw RefusedException.BadRequest("`from` must be before `to`.");
        }
    }

    private static long Number(string name, string value, long most, long least = 0) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw RefusedException.BadRequest($"`{name}` must be a whole number from {least} to {most}.");
}
