using System.Globalization;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Guard.Gateway.Audit;

/// <summary>Reading the record.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes, AuditReader reader) =>
        routes.MapGroup("").RequireKey(KeyKind.Admin).MapGet(Wire.EventsPath, context =>
            Reply.JsonAsync(context, StatusCodes.Status200OK, reader.Page(Parse(context.Request.Query)), GatewayJson.Context.AuditPage));

    // A filter that is not known is refused: a list that silently ignores a misspelt one shows the wrong events.
    private static AuditQuery Parse(IQueryCollection parameters)
    {
        var query = new AuditQuery();
        foreach (var (name, values) in parameters)
        {
            var value = values.Count == 1 && values[0] is { Length: > 0 } single ? single : throw RefusedException.BadRequest($"`{name}` needs exactly one value.");
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
