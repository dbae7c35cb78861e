using System.Buffers;
using System.Data.Common;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.Redaction;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Policies;
using Guard.Gateway.Spooled;
using Guard.Gateway.Storage;
using Guard.Protocol;
using Guard.Redaction;

namespace Guard.Gateway.Decisions;

/// <summary>Joins the outcome of a tool call to its decision: one per trace, and only the agent's own.</summary>
internal sealed class OutcomeService(AuditReader reader, AuditWriter writer, Redactor redactor, ActiveBundle active, KeyIndex keys, ChangeFollower follower, TimeProvider clock)
{
    private const int MaxAttempts = 10;
    private const int MaxText = 256;
    private const int DigestLength = 7 + 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly EventRedactor _events = new(redactor);

    /// <exception cref="RefusedException">400, 401, 404 (no such decision), 409 (has its outcome) or 503.</exception>
    public async Task<OutcomeResponse> RecordAsync(KeyEntry key, OutcomeRequest request)
    {
        Check(request);
        var joined = await JoinAsync(key, request, spooled: null);
        return joined.Refused switch
        {
            OutcomeRefusal.TraceUnknown => throw new RefusedException(404, ProblemCodes.TraceUnknown, "No decision of this agent is known for this tool call, so its outcome joins nothing. It was recorded as refused.") { TraceId = joined.TraceId },
            OutcomeRefusal.OutcomeExists => throw new RefusedException(409, ProblemCodes.OutcomeExists, "This trace has its outcome already; a later one is refused and recorded as such.") { TraceId = joined.TraceId },
            _ => new OutcomeResponse { Version = Wire.Version, TraceId = joined.TraceId, EventId = joined.EventId },
        };
    }

    /// <summary>Records an outcome, or that it was refused. Returns when that is durable.</summary>
    /// <param name="key">Whose it is.</param>
    /// <param name="request">Checked.</param>
    /// <param name="spooled">Null: it is reported as it happens. Else the event has the id of this line, so that it is recorded once.</param>
    public async Task<JoinedOutcome> JoinAsync(KeyEntry key, OutcomeRequest request, SpooledOrigin? spooled)
    {
        var (agent, _) = keys.AgentOf(key);
        var decision = Find(agent, request);
        var trace = decision?.TraceId ?? request.TraceId;
        if (decision is null)
        {
            var unknown = Event(agent, request, decision: null, AuditKinds.OutcomeRefused, "no decision of this agent is known for it", spooled);
            await AppendAsync(key, unknown, trace);
            return new JoinedOutcome(trace, unknown.Id, OutcomeRefusal.TraceUnknown);
        }

        var outcome = Event(agent, request, decision, AuditKinds.Outcome, reason: null, spooled);
        if (await AppendAsync(key, outcome, trace) == AppendResult.Duplicate)
        {
            var refused = Event(agent, request, decision, AuditKinds.OutcomeRefused, "the trace has its outcome already", spooled);
            await AppendAsync(key, refused, trace);
            return new JoinedOutcome(trace, refused.Id, OutcomeRefusal.OutcomeExists);
        }

        return new JoinedOutcome(trace, outcome.Id, null);
    }

    private AuditEvent? Find(AgentIdentity agent, OutcomeRequest request)
    {
        if (request.TraceId is { } trace)
        {
            return reader.FindDecision(agent.Facts.Id, trace);
        }

        return request is { SessionId: { } session, ToolUseId: { } toolUse } ? reader.FindDecision(agent.Facts.Id, session, toolUse) : null;
    }

    private async Task<AppendResult> AppendAsync(KeyEntry key, AuditEvent auditEvent, string? traceId)
    {
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var (agent, generation) = keys.AgentOf(key);
                var record = AuditRecord.Of(_events.Redact(auditEvent, []), RetentionClass.Of(active.Current, agent.Facts), basis: new Basis(Policies: null, generation));
                var result = await writer.AppendAsync(record);
                if (result != AppendResult.Outdated)
                {
                    return result;
                }

                follower.CatchUp();
            }

            throw new AuditUnavailableException("keys changed again and again while it was recorded");
        }
        catch (Exception exception) when (exception is AuditUnavailableException or DbException)
        {
            throw new RefusedException(503, ProblemCodes.AuditUnavailable, $"The outcome could not be recorded: {exception.Message}.") { TraceId = traceId };
        }
    }

    private AuditEvent Event(AgentIdentity agent, OutcomeRequest request, AuditEvent? decision, string kind, string? reason, SpooledOrigin? spooled)
    {
        var now = clock.GetUtcNow();
        return new AuditEvent
        {
            Id = spooled?.EventId(agent.Facts.Id, kind) ?? Ids.New(now),
            Spooled = spooled?.Origin,
            Time = now,
            Kind = kind,
            Organisation = agent.Organisation,
            Owner = agent.Owner,
            AgentId = agent.Facts.Id,
            AgentName = agent.Facts.Name,
            AgentLabel = request.Hook.AgentName,
            Installation = request.Hook.Installation,
            Sequence = request.Hook.Sequence,
            HookVersion = request.Hook.Version,
            ClientVersion = request.Hook.ClientVersion,
            Analyser = request.Hook.Analyser,
            SessionId = request.SessionId ?? decision?.SessionId,
            TraceId = decision?.TraceId ?? request.TraceId,
            ToolUseId = request.ToolUseId ?? decision?.ToolUseId,
            Client = request.Client,
            ClientEvent = request.Event,
            Tool = request.Tool,
            Action = decision?.Action,
            Resource = decision?.Resource,
            Reason = reason,
            Outcome = new AuditOutcome
            {
                Result = request.Outcome,
                DurationMs = request.DurationMs,
                ExitCode = request.ExitCode,
                OutputBytes = request.OutputBytes,
                OutputDigest = request.OutputDigest,
            },
        };
    }

    /// <exception cref="RefusedException">400, naming the member and what is wrong with it.</exception>
    public static void Check(OutcomeRequest request)
    {
        if (request.TraceId is { } stated)
        {
            DecisionCheck.CheckTrace(stated);
        }

        var trace = request.TraceId;
        DecisionCheck.CheckVersion(request.Version, trace);
        DecisionCheck.CheckHook(request.Hook, trace);
        DecisionCheck.Optional("sessionId", request.SessionId, MaxText, trace);
        DecisionCheck.Optional("toolUseId", request.ToolUseId, MaxText, trace);
        DecisionCheck.Text("client", request.Client, MaxText, trace);
        DecisionCheck.Text("event", request.Event, MaxText, trace);
        DecisionCheck.Text("tool", request.Tool, 2 * MaxText, trace);
        if (trace is null && (request.SessionId is null || request.ToolUseId is null))
        {
            throw RefusedException.BadRequest("An outcome needs `traceId`, or `sessionId` and `toolUseId`.");
        }

        if (request.Outcome is not (Outcomes.Succeeded or Outcomes.Failed or Outcomes.Interrupted))
        {
            throw RefusedException.BadRequest("`outcome` must be `succeeded`, `failed` or `interrupted`.", trace);
        }

        if (request.DurationMs is < 0 or > Wire.MaxInteger || request.OutputBytes is < 0 or > Wire.MaxInteger)
        {
            throw RefusedException.BadRequest($"`durationMs` and `outputBytes` must be from 0 to {Wire.MaxInteger}.", trace);
        }

        if (request.OutputDigest is { } digest && !IsDigest(digest))
        {
            throw RefusedException.BadRequest("`outputDigest` must be `sha256:` and 64 hexadecimal digits in lower case.", trace);
        }
    }

    private static bool IsDigest(string text) =>
        text.Length == DigestLength
        && text.StartsWith("sha256:", StringComparison.Ordinal)
        && !text.AsSpan("sha256:".Length).ContainsAnyExcept(HexDigits);
}

/// <summary>What became of an outcome.</summary>
/// <param name="TraceId">The trace joined or stated; null: neither.</param>
/// <param name="EventId">Of the event that is in the record.</param>
/// <param name="Refused">Null: it joined its decision.</param>
internal sealed record JoinedOutcome(string? TraceId, string EventId, OutcomeRefusal? Refused);

/// <summary>Why an outcome did not join a decision.</summary>
internal enum OutcomeRefusal
{
    TraceUnknown,
    OutcomeExists,
}
