using Guard.Policy;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>Effects as the wire spells them.</summary>
internal static class EffectNames
{
    public static string Of(Effect effect) => effect switch
    {
        Effect.Allow => Effects.Allow,
        Effect.Ask => Effects.Ask,
        Effect.Approve => Effects.Approve,
        _ => Effects.Deny,
    };
}
