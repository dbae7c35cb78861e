using System.Globalization;
using Guard.Gateway.Hosting;
using Guard.Gateway.OpenApi;
using Guard.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Guard.Gateway.Audit;

/// <summary>The filters of lists and streams, as requests state them.</summary>
internal static class AuditParameters
{
    /// <summary>What both lists and streams take.</summary>
    private static readonly IReadOnlyList<EndpointParameter> Filters =
    [
        new("agent", "query", "Name or id of an agent"),
        new("action", "query", "Action of the primary access, such as read:file"),
        new("decision", "query", "Effect of a decision") { Values = [Effects.Allow, Effects.Ask, Effects.Approve, Effects.Deny] },
        new("tool", "query", "The tool's name as the client spells it"),
        new("session", "query", "The client's session id"),
        new("policy", "query", "The policy that decided"),
        new("rule", "query", "The rule that decided"),
        new("trace", "query", "Joins a decision and its outcome"),
        new("kind", "query", "What the event is") { Values = [AuditKinds.Decision, AuditKinds.Outcome, AuditKinds.OutcomeRefused, AuditKinds.HookDenied, AuditKinds.SequenceGap, AuditKinds.Administration, AuditKinds.Refused] },
        new("from", "query", "Only events of this time and later: an ISO 8601 date or instant, UTC without an offset"),
        new("to", "query", "Only events before this time, stated likewise"),
        new("after", "query", "Only events behind this position; the first of them") { Type = "integer", Least = 0 },
    ];

    public static IReadOnlyList<EndpointParameter> OfLists { get; } =
    [
        .. Filters,
        new("before", "query", "Only events before this position: the nextBefore of a page") { Type = "integer", Least = 0 },
        new("limit", "query", $"Most events of the page, {AuditQuery.DefaultLimit} unless stated") { Type = "integer", Least = 1, Most = AuditQuery.MaxLimit },
    ];

    public static IReadOnlyList<EndpointParameter> OfStreams { get; } =
    [
        .. Filters,
        new(LastEventId, "header", "The last position received; it goes before `after`") { Type = "integer", Least = 0 },
    ];

    public static IReadOnlyList<EndpointParameter> OfStatistics { get; } =
    [
        new("from", "query", "Begin, inclusive: an ISO 8601 date or instant; 24 hours before `to` unless stated"),
        new("to", "query", "End, exclusive; now unless stated"),
    ];

    public const string LastEventId = "Last-Event-ID";

    /// <summary>The query of a list.</summary>
    /// <exception cref="RefusedException">400, naming the parameter.</exception>
    public static AuditQuery OfList(HttpRequest request) => Parse(request.Query, OfLists, "events");

    /// <summary>The query of a stream. <see cref="AuditQuery.After"/> null: from now on.</summary>
    /// <exception cref="RefusedException">400, naming the parameter.</exception>
    public static AuditQuery OfStream(HttpRequest request)
    {
        var query = Parse(request.Query, OfStreams, "streams");
        var resumed = request.Headers[LastEventId];
        return resumed.Count == 0 ? query : query with { After = Number(LastEventId, Single(LastEventId, resumed), long.MaxValue) };
    }

    /// <summary>An instant of a filter, in milliseconds since 1970-01-01 UTC.</summary>
    public static long Time(string name, string value) =>
        AuditTime.TryParse(value, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw RefusedException.BadRequest($"`{name}` must be an ISO 8601 date or instant, such as 2026-03-01 or 2026-03-01T09:30:00Z.");

    public static string Single(string name, StringValues values) =>
        values.Count == 1 && values[0] is { Length: > 0 } single ? single : throw RefusedException.BadRequest($"`{name}` needs exactly one value.");

    public static void CheckOrder(long? from, long? to)
    {
        if (from >= to)
        {
            throw RefusedException.BadRequest("`from` must be before `to`.");
        }
    }

    // A filter that is not known is refused: a list that silently ignores a misspelt one shows the wrong events.
    private static AuditQuery Parse(IQueryCollection parameters, IReadOnlyList<EndpointParameter> known, string what)
    {
        var query = new AuditQuery();
        foreach (var (name, values) in parameters)
        {
            if (!known.Any(parameter => parameter.In == "query" && parameter.Name == name))
            {
                throw RefusedException.BadRequest($"`{name}` is not a filter of {what}. There are: {string.Join(", ", known.Where(static parameter => parameter.In == "query").Select(static parameter => parameter.Name))}.");
            }

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
                _ => throw new InvalidOperationException($"The filter {name} is described and not read."),
            };
        }

        CheckOrder(query.From, query.To);
        return query is { Before: not null, After: not null } ? throw RefusedException.BadRequest("`before` and `after` exclude each other.") : query;
    }

    private static long Number(string name, string value, long most, long least = 0) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw RefusedException.BadRequest($"`{name}` must be a whole number from {least} to {most}.");
}
