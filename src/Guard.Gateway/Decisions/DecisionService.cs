using System.Data.Common;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.Redaction;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Metrics;
using Guard.Gateway.Policies;
using Guard.Gateway.Storage;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Protocol;
using Guard.Redaction;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Decisions;

/// <summary>Decides one tool call: check, one bundle snapshot, evaluate, record, answer.</summary>
internal sealed partial class DecisionService(ActiveBundle active, KeyIndex keys, ChangeFollower follower, SessionPins pins, SessionFactPins facts, WorkspacePolicies workspacePolicies, AuditWriter writer, Redactor redactor, int minimumAnalyser, TimeProvider clock, ILogger<DecisionService> logger)
{
    // Each further try needs a change of policies or keys to have been committed between judging and storing.
    private const int MaxAttempts = 10;

    private const string ChangedPolicy =
        $"the workspace's policy {WorkspacePolicy.File} is not the one this session started with; start a new session, so that the new one holds from its beginning";

    private const string StoreUnreadable = "the store cannot be reached or read, so it is not known what this session stated first";

    private readonly EventRedactor _events = new(redactor);

    /// <summary>
    /// Returns only after the event is durable, and only what policies and keys say that were in force at that commit.
    /// </summary>
    /// <exception cref="RefusedException">400, 401, 409, 413, 500 or 503; a hook denies each.</exception>
    public async Task<DecisionResponse> DecideAsync(KeyEntry key, DecisionRequest request, string? sourceAddress)
    {
        DecisionCheck.Check(request);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var bundle = Effective(request, active.Current.Bundle).Bundle;
            if (MustWalk(request, bundle))
            {
                return Walk(request, bundle);
            }

            if (await TryDecideAsync(key, request, sourceAddress) is { } response)
            {
                return response;
            }

            CatchUp(request.TraceId);
        }

        throw new RefusedException(503, ProblemCodes.PoliciesChanged, "Policies or keys changed again and again while this was decided, so the call is denied.") { TraceId = request.TraceId };
    }

    // Null: policies, keys or the session's workspace have changed since they were looked at.
    private async Task<DecisionResponse?> TryDecideAsync(KeyEntry key, DecisionRequest request, string? sourceAddress)
    {
        var (agent, generation) = keys.AgentOf(key);
        var now = clock.GetUtcNow();
        var eventId = Ids.New(now);
        var judged = Judge(agent, request, sourceAddress, now);
        var response = Answer(agent, request, judged, eventId);
        var auditEvent = _events.Redact(DecisionEvent.Of(agent, request, judged, response, now), judged.Redact);
        var record = AuditRecord.Of(auditEvent, judged.Retention, judged.Session?.Unsaved, new Basis(judged.Policies, generation));
        var result = await AppendAsync(record, judged, request.TraceId);
        if (result == AppendResult.Duplicate)
        {
            Forget(judged);
            throw new RefusedException(409, ProblemCodes.TraceReused, "This trace id was used before by this agent. Every tool call needs its own.") { TraceId = request.TraceId };
        }

        if (result == AppendResult.Outdated)
        {
            Forget(judged);
            return null;
        }

        judged.Session?.MarkDurable();
        return judged.Failure switch
        {
            JudgementFailure.Inside => throw new RefusedException(500, ProblemCodes.InternalError, "The gateway failed while deciding; the call is denied. Its log says more under this trace.") { TraceId = request.TraceId },
            JudgementFailure.Store => throw new RefusedException(503, ProblemCodes.StoreUnavailable, $"The call is denied: {StoreUnreadable}. The gateway's log says more under this trace.") { TraceId = request.TraceId },
            _ => response,
        };
    }

    /// <summary>What would be decided, rule by rule, without recording anything.</summary>
    /// <returns>Without a decision where the call's subtrees have to be looked through first.</returns>
    public (DecisionResponse Response, Decision? Decision) Try(AgentIdentity agent, DecisionRequest request)
    {
        DecisionCheck.Check(request);
        var snapshot = active.Current;
        if (snapshot.Unusable is { } unusable)
        {
            throw new RefusedException(503, ProblemCodes.PoliciesInvalid, $"Nothing can be tried: {unusable}.");
        }

        var (bundle, problem) = Effective(request, snapshot.Bundle);
        if (problem is not null)
        {
            var denied = Judged.Denied(snapshot, problem);
            return (Answer(agent, request, denied, eventId: ""), denied.Decision);
        }

        if (MustWalk(request, bundle))
        {
            return (Walk(request, bundle), null);
        }

        var workspace = new PinnedWorkspace(Facts.Workspace(request.Call), null);
        var decision = Evaluator.Evaluate(bundle, Facts.Request(agent, Trusted(request, bundle), workspace.Fact, SessionFacts.Of(request.Call), sourceAddress: null, clock.GetUtcNow()), explain: true);
        var response = Answer(agent, request, new Judged(decision, snapshot.Bundle.Hash, snapshot.Generation, null), eventId: "");
        return (response, decision);
    }

    private Judged Judge(AgentIdentity agent, DecisionRequest request, string? sourceAddress, DateTimeOffset now)
    {
        var snapshot = active.Current;
        if (request.Hook.Analyser < minimumAnalyser)
        {
            return Judged.Denied(snapshot, $"the hook's analyser has version {request.Hook.Analyser} and this gateway needs {minimumAnalyser} or later; update guard-hook");
        }

        if (snapshot.Unusable is { } unusable)
        {
            return Judged.Denied(snapshot, unusable);
        }

        try
        {
            var workspace = pins.Resolve(agent.Facts.Id, request.Call.SessionId, request.Call.Workspace, now);
            var pinned = facts.Resolve(agent.Facts.Id, request.Call, now);
            var (bundle, problem) = pinned.PolicyChanged ? (snapshot.Bundle, ChangedPolicy) : Effective(request, snapshot.Bundle);
            var call = Facts.Request(agent, Trusted(request, bundle), workspace.Fact, pinned, sourceAddress, now);
            var redact = RedactOrders.Of(snapshot.Bundle, call.Agent, call.Context);
            var retention = RetentionClass.Of(snapshot, call.Agent, call.Context);

            // The session's pin is kept all the same: what a workspace's policy says of itself must not decide about the workspace.
            return problem is null
                ? new Judged(Evaluator.Evaluate(bundle, call), snapshot.Bundle.Hash, snapshot.Generation, workspace.Session) { Redact = redact, Retention = retention }
                : Judged.Denied(snapshot, problem) with { Session = workspace.Session, ByGateway = false, Redact = redact, Retention = retention };
        }
        catch (SessionUnknownException unknown)
        {
            return Judged.Denied(snapshot, unknown.Message);
        }
        catch (DbException exception)
        {
            LogFailed(request.TraceId, exception);
            return Judged.Denied(snapshot, StoreUnreadable) with { Failure = JudgementFailure.Store };
        }
        catch (Exception exception)
        {
            LogFailed(request.TraceId, exception);
            return Judged.Denied(snapshot, $"the gateway failed while deciding ({exception.GetType().Name})") with { Failure = JudgementFailure.Inside };
        }
    }

    /// <summary>The policies in force with the workspace's own, or why that one cannot be used.</summary>
    private (PolicyBundle Bundle, string? Problem) Effective(DecisionRequest request, PolicyBundle bundle) =>
        request.Call.Policy is { } policy ? workspacePolicies.Add(bundle, policy) : (bundle, null);

    /// <summary>Subtrees that were not looked through by the names of the policies in force, by a hook that can.</summary>
    private bool MustWalk(DecisionRequest request, PolicyBundle bundle) =>
        request.Hook.Analyser >= minimumAnalyser && request.Walk is { } walk && walk != bundle.WalkId && bundle.WalkNames.Count > 0 && request.Accesses.Any(static a => a.Subtree);

    // A walk by other names, or one that a change of policy overtook, says nothing about these rules.
    private static DecisionRequest Trusted(DecisionRequest request, PolicyBundle bundle) => request.Walk == bundle.WalkId
        ? request
        : request with { Accesses = [.. request.Accesses.Select(static a => a.Walked ? a with { Walked = false } : a)] };

    // Nothing is decided, so nothing is recorded: the hook asks again under this trace, or denies.
    private static DecisionResponse Walk(DecisionRequest request, PolicyBundle bundle) => new()
    {
        Version = Wire.Version,
        TraceId = request.TraceId,
        EventId = "",
        Answer = Effects.Walk,
        Effect = Effects.Deny,
        Granted = false,
        Mode = Modes.Enforce,
        Message = $"guard: denied: the call's folders were not looked through by the rules in force. (trace {request.TraceId})",
        Bundle = bundle.Hash,
        Walk = new WalkNames { Id = bundle.WalkId, Names = bundle.WalkNames },
    };

    private DecisionResponse Answer(AgentIdentity agent, DecisionRequest request, Judged judged, string eventId)
    {
        var decision = judged.Decision;
        // INVARIANT (audit mode is the gateway's answer): asked for, allowed for the agent, and not the floor's decision.
        var recordedOnly = request.Mode == Modes.Audit && agent.AuditModeAllowed && !judged.HoldsAlways;
        // The client keeps what it shows in files of its own.
        var reason = redactor.Text(DecisionMessage.Reason(decision.Reason, decision.Effect)).Text;
        return new DecisionResponse
        {
            Version = Wire.Version,
            TraceId = request.TraceId,
            EventId = eventId,
            Answer = recordedOnly ? Effects.Allow : AnswerTo(decision.Effect),
            Effect = EffectNames.Of(decision.Effect),
            Granted = decision is { Effect: Effect.Allow, Granted: true },
            Mode = recordedOnly ? Modes.Audit : Modes.Enforce,
            Message = DecisionMessage.Compose(decision.Effect, recordedOnly, decision.Policy, decision.Rule, reason, request.TraceId),
            Reason = reason,
            Policy = decision.Policy,
            Rule = decision.Rule,
            Bundle = judged.Bundle,
        };
    }

    // Everything that is not plainly allow or ask is deny, approve included.
    private static string AnswerTo(Effect effect) => effect switch
    {
        Effect.Allow => Effects.Allow,
        Effect.Ask => Effects.Ask,
        _ => Effects.Deny,
    };

    private async Task<AppendResult> AppendAsync(AuditRecord record, Judged judged, string traceId)
    {
        using var span = GatewayTraces.Record();
        try
        {
            return await writer.AppendAsync(record, answersAtOnce: true);
        }
        catch (AuditUnavailableException exception)
        {
            Forget(judged);
            throw new RefusedException(503, ProblemCodes.AuditUnavailable, $"The decision could not be recorded, so the call is denied: {exception.Message}.") { TraceId = traceId };
        }
    }

    private void CatchUp(string traceId)
    {
        try
        {
            follower.CatchUp();
        }
        catch (DbException exception)
        {
            throw new RefusedException(503, ProblemCodes.AuditUnavailable, $"Policies or keys have changed and cannot be read, so the call is denied: {exception.Message}.") { TraceId = traceId };
        }
    }

    private void Forget(Judged judged)
    {
        if (judged.Session is { } session)
        {
            pins.Forget(session);
        }
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "Deciding failed for trace {Trace}; the call is denied")]
    private partial void LogFailed(string trace, Exception exception);
}

/// <summary>A decision with the bundle it came from, and the generation of the policies in it.</summary>
internal sealed record Judged(Decision Decision, string Bundle, long Policies, PinnedSession? Session)
{
    /// <summary>JSON Pointers into the call that are not to be recorded.</summary>
    public IReadOnlyList<string> Redact { get; init; } = [];

    /// <summary>The class of its event.</summary>
    public int Retention { get; init; }

    /// <summary>Whether deciding itself failed: then it is recorded as denied, and refused instead of answered.</summary>
    public JudgementFailure Failure { get; init; }

    /// <summary>Not made by policy but by the gateway: too old an analyser, a failure.</summary>
    public bool ByGateway { get; init; }

    /// <summary>Audit mode does not soften it.</summary>
    public bool HoldsAlways => ByGateway || Decision.ByFloor;

    /// <summary>A denial that no policy made.</summary>
    public static Judged Denied(BundleInForce snapshot, string reason) => new(
        new Decision { Effect = Effect.Deny, Granted = false, ByFloor = false, Reason = reason, Access = 0, Matched = [], Errors = [], Trace = [] },
        snapshot.Bundle.Hash,
        snapshot.Generation,
        null)
    {
        ByGateway = true,
        // Whom the policies apply to may be what failed: all of them are heeded.
        Redact = RedactOrders.Of(snapshot.Bundle),
        Retention = RetentionClass.Longest(snapshot.Retentions),
    };
}

/// <summary>Why a call could not be judged.</summary>
internal enum JudgementFailure
{
    /// <summary>It was judged.</summary>
    None,

    /// <summary>The gateway itself failed.</summary>
    Inside,

    /// <summary>What the session stated first could not be read or kept.</summary>
    Store,
}
