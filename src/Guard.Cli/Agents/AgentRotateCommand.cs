using System.CommandLine;
using System.Globalization;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard agent rotate</c>: a new key, and an end for those before it.</summary>
internal static class AgentRotateCommand
{
    public static Command Create(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name or id" };
        var overlap = new Option<TimeSpan>("--overlap")
        {
            HelpName = "SPAN",
            Description = "How long the keys before it go on: 0 or a span such as 24h (default), at most 30d",
            DefaultValueFactory = _ => RotateKeyRequest.StandardOverlap,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (text == "0") return TimeSpan.Zero;
                if (AuditTime.TryParseSpan(text, out var span) && span <= RotateKeyRequest.LongestOverlap) return span;
                result.AddError($"--overlap '{text}' is no span of up to 30 days: state 0, or one such as 90m, 24h or 7d");
                return default;
            },
        };
        var expires = KeyOptions.Expires(context);
        var scopes = KeyOptions.Scope("What the new key may do (default: what the newest may)", Scopes.OfAgents);
        var hookConfig = new HookConfigOption();
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("rotate", "Make a new key for an agent; those before it end after an overlap") { name, overlap, expires, scopes };
        hookConfig.AddTo(command);
        command.Options.Add(json);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var file = hookConfig.FileOf(parsed, context, "the keys are as they were");
            using var client = connection.Connect(parsed, context);
            var rotated = await client.RotateKeyAsync(
                parsed.GetRequiredValue(name),
                new RotateKeyRequest
                {
                    OverlapSeconds = (long)parsed.GetValue(overlap).TotalSeconds,
                    Scopes = KeyOptions.Stated(parsed.GetRequiredValue(scopes)),
                    ExpiresAt = parsed.GetValue(expires),
                },
                cancel);
            if (file is not null) HookConfigOption.Write(file, parsed, context, connection, rotated.ApiKey, rotated.Agent.Name);
            if (parsed.GetValue(json)) context.WriteJson(file is null ? rotated : rotated with { ApiKey = "" }, ProtocolJson.Default.RotateKeyResponse);
            else Write(context, rotated, file);
            return ExitCodes.Done;
        });
        return command;
    }

    // A key that went into a file is not shown as well.
    private static void Write(CliContext context, RotateKeyResponse rotated, string? file)
    {
        var end = rotated.OthersExpireAt <= context.Time.GetUtcNow()
            ? "those before it have ended"
            : $"those before it end {rotated.OthersExpireAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC at the latest";
        context.WriteLine($"Agent {rotated.Agent.Name} has a new key; {end}.");
        context.WriteLine(file is null ? $"The new key, shown this once: {rotated.ApiKey}" : $"The new key is in {context.Shorten(file)}.");
    }
}
