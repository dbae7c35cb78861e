using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Guard.Proof.Leaves;

namespace Guard.Proof.Log;

/// <summary>
/// What an event of the operation <c>audit.expire</c> says has expired: the events of one retention whose ids are of before a time.
/// </summary>
/// <remarks>
/// As text a time, and for events with a retention its days: <c>2026-03-01T00:00:00.0000000Z</c>, <c>2026-03-01T00:00:00.0000000Z class 90</c>.
/// There is none that speaks of several retentions at once: such an event has one retention itself, and when it goes at its end nothing
/// would be left to explain what is gone of the others.
/// </remarks>
/// <param name="Before">In milliseconds since 1970-01-01 UTC.</param>
/// <param name="RetentionDays">As in <see cref="EventLeaf.RetentionDays"/>.</param>
public sealed record ExpiryTarget(long Before, int RetentionDays)
{
    private const string Class = " class ";

    /// <param name="before">The time as the event has it.</param>
    /// <param name="retentionDays">As in <see cref="EventLeaf.RetentionDays"/>.</param>
    public static string Text(string before, int retentionDays) => retentionDays == 0 ? before : string.Create(CultureInfo.InvariantCulture, $"{before}{Class}{retentionDays}");

    /// <summary>False: the text is none that <see cref="Text"/> makes.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ExpiryTarget? target)
    {
        target = null;
        var at = text?.IndexOf(Class, StringComparison.Ordinal) ?? -1;
        var days = 0;
        if (at >= 0 && (!int.TryParse(text.AsSpan(at + Class.Length), NumberStyles.None, CultureInfo.InvariantCulture, out days) || days is < 1 or > EventLeaf.MaxRetentionDays))
        {
            return false;
        }

        if (!DateTimeOffset.TryParse(at < 0 ? text : text.AsSpan(0, at), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var before))
        {
            return false;
        }

        target = new ExpiryTarget(before.ToUnixTimeMilliseconds(), days);
        return true;
    }
}
