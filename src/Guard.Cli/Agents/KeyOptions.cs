using System.CommandLine;
using System.Globalization;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary>Options about keys that mean the same in every command that makes one.</summary>
internal static class KeyOptions
{
    /// <summary>When a key ends; absent: never.</summary>
    public static Option<DateTimeOffset?> Expires(CliContext context) => new("--expires")
    {
        HelpName = "TIME",
        Description = "The key is refused from then on: a span from now such as 90d, or 2026-12-31 (UTC without an offset)",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var now = context.Time.GetUtcNow();
            if (AuditTime.TryParseSpan(text, out var span)) return now + span;
            if (AuditTime.TryParse(text, out var time) && time > now) return time;
            result.AddError($"--expires '{text}' is no time to come: state a span such as 90d or 12w, or a date such as 2026-12-31");
            return null;
        },
    };

    public static Option<string[]> Scope(string description, IReadOnlyList<string> known)
    {
        var option = new Option<string[]>("--scope") { HelpName = "SCOPE", Description = $"{description}: {string.Join(", ", known)}; repeat for several", DefaultValueFactory = _ => [] };
        option.AcceptOnlyFromAmong([.. known]);
        return option;
    }

    /// <summary>The scopes stated; null: none, which means all.</summary>
    public static IReadOnlyList<string>? Stated(string[] scopes) => scopes.Length == 0 ? null : scopes;

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Whether a key is in force.</summary>
    public static Cell State(DateTimeOffset? revokedAt, DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        var ended = EffectColors.Of(Effects.Deny);
        if (revokedAt is { } revoked) return new Cell($"revoked {Time(revoked)}", ended);
        if (expiresAt is not { } expires) return "in force";
        return expires <= now ? new Cell($"expired {Time(expires)}", ended) : new Cell($"in force until {Time(expires)}", EffectColors.Of(Effects.Ask));
    }
}
