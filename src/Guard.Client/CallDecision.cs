using Guard.Protocol;

namespace Guard.Client;

/// <summary>What the gateway decided about one call. It is on record already.</summary>
public sealed record CallDecision
{
    internal CallDecision(DecisionResponse response, ToolCall call)
    {
        Response = response;
        Call = call;
    }

    /// <summary>The call may happen now. Everything else, a question to a person included, is not this.</summary>
    public bool IsAllowed => Response.Answer == Effects.Allow;

    /// <summary>The call may happen if a person says so.</summary>
    public bool NeedsConfirmation => Response.Answer == Effects.Ask;

    /// <summary>The complete sentence for people and models.</summary>
    public string Message => Response.Message;
    public string? Reason => Response.Reason;
    public string? Policy => Response.Policy;
    public string? Rule => Response.Rule;
    public string TraceId => Response.TraceId;

    /// <summary>What policy decided: <see cref="Effects"/>. In audit mode it may be stronger than what holds.</summary>
    public string Effect => Response.Effect;

    /// <summary>The gateway's whole answer.</summary>
    public DecisionResponse Response { get; }

    internal ToolCall Call { get; }
}
