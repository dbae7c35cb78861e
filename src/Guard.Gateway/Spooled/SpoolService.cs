using System.Data.Common;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.Redaction;
using Guard.Gateway.Decisions;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Metrics;
using Guard.Gateway.Policies;
using Guard.Gateway.Storage;
using Guard.Protocol;
using Guard.Redaction;

namespace Guard.Gateway.Spooled;

/// <summary>
/// Records what hooks kept while no gateway took it. The account that runs a hook can write its spool, so a line proves no
/// more than a request with the same key would: it is recorded for that key's agent, redacted, and marked as handed over later.
/// </summary>
internal sealed class SpoolService(OutcomeService outcomes, AuditWriter writer, Redactor redactor, ActiveBundle active, KeyIndex keys, ChangeFollower follower, RefusalRecorder refusals, GatewayMetrics metrics, TimeProvider clock)
{
    private const int MaxAttempts = 10;
    private const int MaxReason = 4_096;

    /// <summary>How events of kind <c>refused</c> call a line that is none.</summary>
    private const string RefusedLine = "spool-line";

    // As many events of one request wait for their commit at once: more would crowd decisions out of the queue.
    private const int AtOnce = 64;

    /// <summary>Older lines are not recorded: the ids of events carry their time, and months that are long gone stay closed.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(30);

    /// <summary>Clocks differ.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    private readonly EventRedactor _events = new(redactor);

    /// <summary>Returns when every line is in the record, or counted as refused.</summary>
    /// <exception cref="RefusedException">400, 401 or 503: the whole request has to be sent again; what is recorded already stays so.</exception>
    public async Task<SpoolResponse> RecordAsync(KeyEntry key, SpoolRequest request)
    {
        DecisionCheck.CheckVersion(request.Version, null);
        if (request.Lines.Count > SpoolRequest.MaxLines)
        {
            throw RefusedException.BadRequest($"`lines` has more than {SpoolRequest.MaxLines} entries.");
        }

        var recorded = 0;
        foreach (var piece in request.Lines.Chunk(AtOnce))
        {
            // An outcome looks for its decision, which can be a line of the same piece only if that was a denial; order does not matter.
            var results = await Task.WhenAll(piece.Select(line => RecordLineAsync(key, line)));
            recorded += results.Count(static isRecorded => isRecorded);
        }

        var refused = request.Lines.Count - recorded;
        for (var i = 0; i < refused; i++)
        {
            refusals.Count(RefusalSubject.Of(key), RefusedLine);
        }

        metrics.HandedOver(recorded, refused);
        return new SpoolResponse { Version = Wire.Version, Lines = request.Lines.Count, Recorded = recorded, Refused = refused };
    }

    // False: the line is no event.
    private async Task<bool> RecordLineAsync(KeyEntry key, string line)
    {
        var now = clock.GetUtcNow();
        if (Read(line) is not { } spooled || SpooledOrigin.Of(spooled.Id, now - Oldest, now + Ahead) is not { } origin)
        {
            return false;
        }

        if (spooled.Outcome is { } outcome)
        {
            await outcomes.JoinAsync(key, outcome, origin);
            return true;
        }

        await AppendAsync(key, spooled.Denial!, origin);
        return true;
    }

    // Null: it is no line that a hook writes.
    private static SpooledEvent? Read(string? line)
    {
        if (line is null || Encoding.UTF8.GetByteCount(line) > SpoolRequest.MaxLineBytes)
        {
            return null;
        }

        try
        {
            var spooled = JsonSerializer.Deserialize(line, GatewayJson.Context.SpooledEvent);
            if (spooled is null || spooled.Outcome is null == spooled.Denial is null)
            {
                return null;
            }

            if (spooled.Outcome is { } outcome)
            {
                OutcomeService.Check(outcome);
            }

            if (spooled.Denial is { } denial)
            {
                Check(denial);
            }

            return spooled;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or RefusedException)
        {
            return null;
        }
    }

    private static void Check(HookDenial denial)
    {
        DecisionCheck.CheckTrace(denial.TraceId);
        DecisionCheck.CheckVersion(denial.Version, denial.TraceId);
        DecisionCheck.CheckHook(denial.Hook, denial.TraceId);
        DecisionCheck.Text("reason", denial.Reason, MaxReason, denial.TraceId);
        if (denial.Request is { } request)
        {
            DecisionCheck.Check(request);
            if (request.TraceId != denial.TraceId)
            {
                throw RefusedException.BadRequest("The request is of another trace.", denial.TraceId);
            }
        }
    }

    private async Task AppendAsync(KeyEntry key, HookDenial denial, SpooledOrigin origin)
    {
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var (agent, generation) = keys.AgentOf(key);
                // Whom the policies apply to is not asked for what they erase: all of them are heeded.
                var snapshot = active.Current;
                var auditEvent = _events.Redact(Event(agent, denial, origin), RedactOrders.Of(snapshot.Bundle));
                var record = AuditRecord.Of(auditEvent, RetentionClass.Of(snapshot, agent.Facts), basis: new Basis(Policies: null, generation));
                if (await writer.AppendAsync(record) != AppendResult.Outdated)
                {
                    return;
                }

                follower.CatchUp();
            }

            throw new AuditUnavailableException("keys changed again and again while it was recorded");
        }
        catch (Exception exception) when (exception is AuditUnavailableException or DbException)
        {
            throw new RefusedException(503, ProblemCodes.AuditUnavailable, $"The spool could not be recorded: {exception.Message}.") { TraceId = denial.TraceId };
        }
    }

    private AuditEvent Event(AgentIdentity agent, HookDenial denial, SpooledOrigin origin)
    {
        var request = denial.Request;
        var primary = request?.Accesses.FirstOrDefault(static access => access.Primary) ?? request?.Accesses[0];
        return new AuditEvent
        {
            Id = origin.EventId(agent.Facts.Id, AuditKinds.HookDenied),
            Time = clock.GetUtcNow(),
            Kind = AuditKinds.HookDenied,
            Organisation = agent.Organisation,
            Owner = agent.Owner,
            AgentId = agent.Facts.Id,
            AgentName = agent.Facts.Name,
            AgentLabel = denial.Hook.AgentName,
            Installation = denial.Hook.Installation,
            Sequence = denial.Hook.Sequence,
            HookVersion = denial.Hook.Version,
            ClientVersion = denial.Hook.ClientVersion,
            Analyser = denial.Hook.Analyser,
            SessionId = request?.Call.SessionId,
            TraceId = denial.TraceId,
            ToolUseId = request?.Call.ToolUseId,
            PromptId = request?.Call.PromptId,
            Client = request?.Call.Client,
            ClientEvent = request?.Call.Event,
            Tool = request?.Call.Tool,
            Input = request?.Call.Input,
            Cwd = request?.Call.Cwd,
            Workspace = request?.Call.Workspace,
            PermissionMode = request?.Call.PermissionMode,
            SubagentId = request?.Call.SubagentId,
            SubagentType = request?.Call.SubagentType,
            Action = primary?.Action,
            Resource = primary?.Resource,
            Accesses = request?.Accesses,
            Effect = Effects.Deny,
            Answer = Effects.Deny,
            Mode = Modes.Enforce,
            Reason = denial.Reason,
            Spooled = origin.Origin,
        };
    }
}
