using Guard.Protocol;

namespace Guard.Client;

/// <summary>Policy does not let the call happen now. The message is the sentence for people and models.</summary>
public sealed class PolicyDeniedException : Exception
{
    internal PolicyDeniedException(CallDecision decision)
        : base(PlainText.OneLine(decision.Message)) => Decision = decision;

    public CallDecision Decision { get; }
    public string? Reason => Decision.Reason;

    /// <summary>Absent where no rule allowed the call.</summary>
    public string? Policy => Decision.Policy;
    public string? Rule => Decision.Rule;
    public string TraceId => Decision.TraceId;

    /// <summary>See <see cref="Effects"/>: with <see cref="Effects.Ask"/> a person could have confirmed the call.</summary>
    public string Effect => Decision.Effect;
}
