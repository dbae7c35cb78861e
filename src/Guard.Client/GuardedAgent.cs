using Guard.Agents;
using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Client;

/// <summary>
/// Guards an agent from inside its own program: ask before each call, report after it. For agents that have no hook to
/// hang Guard into.
/// </summary>
/// <remarks>
/// INVARIANT (never open by accident): a call is allowed only by a valid answer of the gateway to this very request that
/// says so. Everything else throws: a <see cref="GatewayException"/> where no valid answer came, an
/// <see cref="UnreadableInputException"/> where the call cannot be judged.
/// </remarks>
public sealed class GuardedAgent
{
    private readonly GatewayClient _gateway;
    private readonly GuardedAgentOptions _options;
    private readonly TimeProvider _clock;

    /// <param name="gateway">With the agent's key. It stays the caller's to dispose.</param>
    /// <param name="options">Who asks, and where.</param>
    /// <param name="clock">Absent: the system's.</param>
    /// <exception cref="ArgumentException">A folder is not absolute, or the mode is none.</exception>
    public GuardedAgent(GatewayClient gateway, GuardedAgentOptions options, TimeProvider? clock = null)
    {
        foreach (var folder in new[] { options.Workspace, options.Folder, options.Home })
        {
            if (folder is not null && !folder.StartsWith('/'))
                throw new ArgumentException($"the folder `{PlainText.OneLine(folder)}` is not absolute", nameof(options));
        }

        if (options.Mode is not (Modes.Enforce or Modes.Audit))
            throw new ArgumentException($"the mode `{PlainText.OneLine(options.Mode)}` is neither enforce nor audit", nameof(options));
        _gateway = gateway;
        _options = options;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>May this happen? The answer is on record when this returns.</summary>
    /// <param name="action">An action of the policy language, see <see cref="Actions"/>.</param>
    /// <param name="resource">See <see cref="GuardedAccess"/>.</param>
    /// <param name="cancel">Gives up: the call must then not happen.</param>
    /// <exception cref="GatewayException">No valid answer came: the call must not happen.</exception>
    /// <exception cref="UnreadableInputException">The call cannot be judged: it must not happen.</exception>
    public Task<CallDecision> CheckAsync(string action, string resource, CancellationToken cancel = default) =>
        CheckAsync(new GuardedCall { Tool = action, Accesses = [new GuardedAccess(action, resource)] }, cancel);

    /// <summary>As <see cref="CheckAsync(string, string, CancellationToken)"/>, for a call that does several things.</summary>
    public Task<CallDecision> CheckAsync(GuardedCall call, CancellationToken cancel = default) => CheckAsync(Adapt(call), cancel);

    /// <summary>As <see cref="CheckAsync(string, string, CancellationToken)"/>, for a call that an adapter took apart.</summary>
    public async Task<CallDecision> CheckAsync(AdaptedCall call, CancellationToken cancel = default)
    {
        var request = new DecisionRequest
        {
            Version = Wire.Version,
            TraceId = Guid.CreateVersion7(_clock.GetUtcNow()).ToString(),
            Hook = Identity(),
            Mode = _options.Mode,
            Call = call.Call,
            Accesses = call.Accesses,
        };
        var response = await _gateway.DecideAsync(request, cancel);
        CheckAnswer(request, response);
        return new CallDecision(response, call.Call);
    }

    /// <summary>Returns only if this may happen now.</summary>
    /// <exception cref="PolicyDeniedException">Policy does not let it happen, or a person would have to confirm it.</exception>
    /// <exception cref="GatewayException">No valid answer came: the call must not happen.</exception>
    /// <exception cref="UnreadableInputException">The call cannot be judged: it must not happen.</exception>
    public async Task<CallDecision> EnforceAsync(string action, string resource, CancellationToken cancel = default) =>
        Allowed(await CheckAsync(action, resource, cancel));

    /// <summary>As <see cref="EnforceAsync(string, string, CancellationToken)"/>, for a call that does several things.</summary>
    public async Task<CallDecision> EnforceAsync(GuardedCall call, CancellationToken cancel = default) =>
        Allowed(await CheckAsync(call, cancel));

    /// <summary>As <see cref="EnforceAsync(string, string, CancellationToken)"/>, for a call that an adapter took apart.</summary>
    public async Task<CallDecision> EnforceAsync(AdaptedCall call, CancellationToken cancel = default) =>
        Allowed(await CheckAsync(call, cancel));

    /// <summary>Records how a call ended, under the trace of its decision. A trace takes one outcome.</summary>
    /// <exception cref="GatewayException">It was not recorded.</exception>
    public Task<OutcomeResponse> ReportAsync(CallDecision decision, CallOutcome outcome, CancellationToken cancel = default) =>
        _gateway.ReportAsync(
            new OutcomeRequest
            {
                Version = Wire.Version,
                Hook = Identity(),
                TraceId = decision.TraceId,
                SessionId = decision.Call.SessionId,
                ToolUseId = decision.Call.ToolUseId,
                Client = decision.Call.Client,
                Event = "PostToolUse",
                Tool = decision.Call.Tool,
                Outcome = outcome.Result,
                DurationMs = outcome.Duration is { } duration ? (long)duration.TotalMilliseconds : null,
                ExitCode = outcome.ExitCode,
                OutputBytes = outcome.OutputBytes,
                OutputDigest = outcome.OutputDigest,
            },
            cancel);

    private AdaptedCall Adapt(GuardedCall call)
    {
        var home = _options.Home ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var context = new AdapterContext { Paths = new MachinePathView(), Home = home.StartsWith('/') ? home : null, Workspace = _options.Workspace };
        var stated = new ToolCall
        {
            Client = _options.Client,
            Event = StatedCall.Event,
            Tool = call.Tool,
            Input = call.Input,
            ToolUseId = call.ToolUseId,
            SessionId = _options.SessionId,
        };
        return StatedCall.Adapt(stated, call.Accesses.Select(static a => (a.Action, a.Resource)), _options.Folder ?? Environment.CurrentDirectory, context);
    }

    private HookInfo Identity() => new() { Version = _options.Version, Analyser = Wire.AnalyserVersion, AgentName = _options.Client };

    private static CallDecision Allowed(CallDecision decision) => decision.IsAllowed ? decision : throw new PolicyDeniedException(decision);

    // What guard-hook refuses in an answer is refused here too.
    private static void CheckAnswer(DecisionRequest request, DecisionResponse response)
    {
        var problem = response switch
        {
            _ when response.Version != Wire.Version => "it is of another version; update the agent and the gateway together",
            _ when response.TraceId != request.TraceId => "it belongs to another request",
            { Mode: not (Modes.Enforce or Modes.Audit) } => "its mode is none",
            { Mode: Modes.Audit } when request.Mode != Modes.Audit => "it is only recorded, and this agent is set to enforce",
            { Mode: Modes.Enforce, Answer: Effects.Allow, Effect: not Effects.Allow } => "it allows what policy does not",
            _ => null,
        };
        if (problem is not null) throw new GatewayProtocolException($"the gateway's decision cannot be used: {problem}");
    }
}
