using Guard.Policy;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>The sentence that people and the model read. Composed here and nowhere else.</summary>
internal static class DecisionMessage
{
    private const int MaxReason = 2_000;
    private const int MaxName = 200;

    /// <summary>Added to the reason of an approve rule.</summary>
    public const string NoApprovals = "This call needs an approval, and approvals are not available in this version.";

    /// <summary>A reason fit to be shown: control characters are gone, the length has a limit.</summary>
    public static string Reason(string reason, Effect effect)
    {
        var cleaned = DisplayText.Clean(reason, MaxReason).Trim();
        return effect != Effect.Approve ? cleaned : cleaned.Length == 0 ? NoApprovals : $"{WithStop(cleaned)} {NoApprovals}";
    }

    /// <param name="effect">What policy decided.</param>
    /// <param name="recordedOnly">The decision is not in force.</param>
    /// <param name="policy">The deciding policy; null: no rule decided.</param>
    /// <param name="rule">The deciding rule.</param>
    /// <param name="reason">From <see cref="Reason"/>.</param>
    /// <param name="traceId">Joins this message with the record.</param>
    public static string Compose(Effect effect, bool recordedOnly, string? policy, string? rule, string reason, string traceId)
    {
        var verb = (effect, recordedOnly) switch
        {
            (Effect.Allow, _) => "allowed",
            (Effect.Ask, false) => "confirmation asked",
            (Effect.Ask, true) => "recorded only, confirmation would be asked",
            (_, false) => "denied",
            (_, true) => "recorded only, would be denied",
        };
        var by = policy is null ? "" : $" by policy {DisplayText.Clean(policy, MaxName)}, rule {DisplayText.Clean(rule ?? "default", MaxName)}";
        var because = reason.Length == 0 ? "." : $": {WithStop(reason)}";
        return $"guard: {verb}{by}{because} (trace {traceId})";
    }

    // A sentence that is followed by a remark in parentheses has its stop before them.
    private static string WithStop(string text)
    {
        var sentence = text[^1] == ')' && text.LastIndexOf(" (", StringComparison.Ordinal) is var remark and > 0 ? text[..remark] : text;
        return sentence[^1] is '.' or '!' or '?' or '…' ? text : text + ".";
    }
}
