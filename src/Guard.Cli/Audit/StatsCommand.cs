using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary><c>guard audit stats</c>: the decisions of a time in numbers.</summary>
internal static class StatsCommand
{
    /// <summary>Shorter than what the gateway counts: its clock may be ahead.</summary>
    private static readonly TimeSpan Longest = AuditStats.LongestPeriod - TimeSpan.FromDays(1);

    public static Command Create(CliContext context)
    {
        var period = new Option<TimeSpan>("--period")
        {
            HelpName = "SPAN",
            Description = "The time up to now, such as 24h (default), 7d or 4w; at most 365 days",
            DefaultValueFactory = _ => TimeSpan.FromHours(24),
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (AuditTime.TryParseSpan(text, out var span) && span <= Longest) return span;
                result.AddError($"--period '{text}' is no span of up to 365 days: state one such as 90m, 24h, 7d or 4w");
                return default;
            },
        };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("stats", "Count decisions by effect, agent and tool, and what was denied") { period, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var stats = await client.GetStatsAsync(context.Time.GetUtcNow() - parsed.GetValue(period), to: null, cancel);
            if (parsed.GetValue(json)) context.WriteJson(stats, ProtocolJson.Default.AuditStats);
            else StatsText.Write(context, stats);
            return ExitCodes.Done;
        });
        return command;
    }
}
