using System.CommandLine;
using System.Globalization;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary><c>guard policy history|diff|rollback</c>: versions that were applied, what differs between them, and the way back.</summary>
internal static class PolicyHistoryCommands
{
    public static Command CreateHistory(CliContext context)
    {
        var name = Name();
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("history", "List every version of a policy that was applied") { name, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var history = await client.GetPolicyHistoryAsync(parsed.GetRequiredValue(name), cancel);
            if (parsed.GetValue(json))
            {
                context.WriteJson(history, ProtocolJson.Default.PolicyHistory);
                return ExitCodes.Done;
            }

            context.WriteTable(
                [new("REVISION"), new("APPLIED (UTC)"), new("BY"), new("RULES"), new("MESSAGE")],
                history.Versions.Select(v => (IReadOnlyList<Cell>)
                [
                    v.Revision.ToString(CultureInfo.InvariantCulture), v.AppliedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), v.AppliedBy, v.Rules.ToString(CultureInfo.InvariantCulture), v.Message ?? "",
                ]));
            if (history.RemovedAt is { } removed) context.WriteLine($"Taken out of force at {removed.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC.");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command CreateDiff(CliContext context)
    {
        var name = Name();
        var from = new Option<int?>("--from") { HelpName = "REVISION", Description = "The older version (default: the one before --to)" };
        var to = new Option<int?>("--to") { HelpName = "REVISION", Description = "The newer version (default: the newest)" };
        var connection = new ConnectionOptions();
        var command = new Command("diff", "Show what differs between two versions of a policy") { name, from, to };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var policy = parsed.GetRequiredValue(name);
            var newer = parsed.GetValue(to) ?? (await client.GetPolicyHistoryAsync(policy, cancel)).Versions[0].Revision;
            var older = parsed.GetValue(from) ?? newer - 1;
            if (older < 1) throw CliException.Usage($"revision {newer} of {policy} is the first; name two with --from and --to");
            var before = await client.GetPolicyVersionAsync(policy, older, cancel);
            var after = await client.GetPolicyVersionAsync(policy, newer, cancel);
            var lines = LineDiff.Of(before.Text, after.Text);
            if (lines.Count == 0)
            {
                context.WriteLine($"Revisions {older} and {newer} of {policy} are the same.");
                return ExitCodes.Done;
            }

            context.WriteLine($"--- {policy} revision {older}");
            context.WriteLine($"+++ {policy} revision {newer}");
            foreach (var line in lines) context.WriteLine(line);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command CreateRollback(CliContext context)
    {
        var name = Name();
        var to = new Option<int>("--to") { HelpName = "REVISION", Description = "The version to put in force again, as a new one", Required = true };
        var message = new Option<string?>("--message", "-m") { HelpName = "TEXT", Description = "Why, for the history" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("rollback", "Put an earlier version of a policy in force again") { name, to, message, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var (policy, revision) = (parsed.GetRequiredValue(name), parsed.GetRequiredValue(to));
            var document = await client.GetPolicyVersionAsync(policy, revision, cancel);
            var why = $"back to revision {revision}" + (parsed.GetValue(message) is { } text ? $": {text}" : "");
            var applied = await PolicyCommand.ApplyAsync(context, client, new ApplyPoliciesRequest { Files = [document], Message = why }, cancel);
            if (parsed.GetValue(json))
            {
                context.WriteJson(applied, ProtocolJson.Default.ApplyPoliciesResponse);
                return ExitCodes.Done;
            }

            DiagnosticOutput.Write(context, applied.Diagnostics);
            var now = applied.Policies.First(p => p.Name == policy).Revision;
            context.WriteLine($"Policy {policy} is what it was in revision {revision}, now revision {now}. In force: bundle {applied.Bundle}.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "A policy, in force or not any more" };
}
