using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary><c>guard policy</c>: puts policies in force, shows them and tries them.</summary>
internal static class PolicyCommand
{
    public static Command Create(CliContext context) => new("policy", "Check, apply, show and try policies")
    {
        CreateApply(context),
        CreateValidate(context),
        PolicyLintCommand.Create(context),
        PolicyImportCommand.Create(context),
        CreateList(context),
        CreateShow(context),
        PolicyHistoryCommands.CreateHistory(context),
        PolicyHistoryCommands.CreateDiff(context),
        PolicyHistoryCommands.CreateRollback(context),
        CreateRemove(context),
        PolicyTestCommand.Create(context),
    };

    private static Command CreateApply(CliContext context)
    {
        var paths = Paths("Policy files, or folders of them");
        var message = new Option<string?>("--message", "-m") { HelpName = "TEXT", Description = "Why, for the history" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be decided otherwise, newly allowed first, and apply nothing" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("apply", "Put policies in force, all or none; each replaces the one of its name") { paths, message, dryRun, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var sources = PolicyFiles.Read(context, parsed.GetRequiredValue(paths));
            using var client = connection.Connect(parsed, context);
            if (parsed.GetValue(dryRun))
            {
                var report = await ApplyDryRun.RunAsync(context, client, sources, cancel);
                if (parsed.GetValue(json))
                    context.WriteJson(report, CliJson.Default.DryRunReport);
                else
                    ApplyDryRun.Write(context, report);
                return ExitCodes.Done;
            }

            var request = new ApplyPoliciesRequest
            {
                Files = [.. sources.Select(s => new PolicyFile { Path = s.Path, Text = s.Text })],
                Message = parsed.GetValue(message),
            };
            var applied = await ApplyAsync(context, client, request, cancel);
            if (parsed.GetValue(json))
            {
                context.WriteJson(applied, ProtocolJson.Default.ApplyPoliciesResponse);
                return ExitCodes.Done;
            }

            DiagnosticOutput.Write(context, applied.Diagnostics);
            WritePolicies(context, applied.Policies);
            WriteUnlisted(context, sources);
            context.WriteLine($"In force: bundle {applied.Bundle}.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <exception cref="CliException">The documents have errors; all of them have been shown.</exception>
    public static async Task<ApplyPoliciesResponse> ApplyAsync(CliContext context, GatewayClient client, ApplyPoliciesRequest request, CancellationToken cancel)
    {
        try
        {
            return await client.ApplyPoliciesAsync(request, cancel);
        }
        catch (GatewayProblemException e) when (e.Problem.Diagnostics is { Count: > 0 } diagnostics)
        {
            DiagnosticOutput.Write(context, diagnostics);
            throw new CliException(ExitCodes.BadDocument, e.Message, e);
        }
    }

    private static Command CreateValidate(CliContext context)
    {
        var paths = Paths("Policy files, or folders of them");
        var json = CommonOptions.Json();
        var command = new Command("validate", "Check policies on this machine; no gateway is asked") { paths, json };
        command.SetAction(parsed =>
        {
            var result = PolicyCompiler.Compile(PolicyFiles.Read(context, parsed.GetRequiredValue(paths)), FloorSettings.Default);
            var diagnostics = result.Diagnostics.Select(DiagnosticOutput.ToWire).ToList();
            var errors = result.Diagnostics.Count(d => d.Severity == Severity.Error);
            if (parsed.GetValue(json))
                context.WriteJson(new ValidateReport(result.Succeeded, diagnostics), CliJson.Default.ValidateReport);
            else
                DiagnosticOutput.Write(context, diagnostics);
            if (!result.Succeeded) throw new CliException(ExitCodes.BadDocument, $"{DiagnosticOutput.Count(errors)}: these policies would not be applied");
            if (!parsed.GetValue(json))
            {
                var rules = result.Bundle.Policies.Sum(p => p.Rules.Length);
                context.WriteLine($"{result.Bundle.Policies.Count} policies with {rules} rules are valid: {string.Join(", ", result.Bundle.Policies.Select(p => p.Name))}.");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateList(CliContext context)
    {
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List the policies in force") { json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            WriteList(context, await client.GetPoliciesAsync(cancel), parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateShow(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "A policy in force; `floor` for what no policy can allow" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("show", "Show the document of a policy in force, or the floor") { name, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            PolicyFile document;
            if (parsed.GetRequiredValue(name) == Floor.PolicyName)
            {
                document = new PolicyFile { Path = Floor.PolicyName, Text = Floor.Describe() };
            }
            else
            {
                using var client = connection.Connect(parsed, context);
                document = await client.GetPolicyAsync(parsed.GetRequiredValue(name), cancel);
            }

            if (parsed.GetValue(json))
                context.WriteJson(document, ProtocolJson.Default.PolicyFile);
            else
                WriteDocument(context, document.Text);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRemove(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "A policy in force" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("remove", "Take a policy out of force") { name, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var left = await client.RemovePolicyAsync(parsed.GetRequiredValue(name), cancel);
            if (!parsed.GetValue(json)) context.WriteLine($"Policy {parsed.GetRequiredValue(name)} is no longer in force.");
            WriteList(context, left, parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string[]> Paths(string description) =>
        new("PATH") { Description = description, Arity = ArgumentArity.OneOrMore };

    private static void WriteList(CliContext context, PolicyList list, bool json)
    {
        if (json)
        {
            context.WriteJson(list, ProtocolJson.Default.PolicyList);
            return;
        }

        if (list.Policies.Count == 0)
            context.WriteLine("No policy is in force: every tool call that needs an allow is denied.");
        else
            WritePolicies(context, list.Policies);
    }

    private static void WriteUnlisted(CliContext context, IReadOnlyList<PolicySource> sources)
    {
        foreach (var policy in PolicyCompiler.Compile(sources, FloorSettings.Default).Bundle?.Policies.Where(p => p.UnlistedAllow is not null) ?? [])
        {
            context.WriteLine($"{policy.Name} says nothing of tools that it does not list: they are denied unless another policy allows them. The line that would allow them:");
            context.WriteLine($"    {policy.UnlistedAllow}");
        }
    }

    private static void WritePolicies(CliContext context, IEnumerable<PolicySummary> policies) => context.WriteTable(
        [new("NAME"), new("REVISION"), new("RULES"), new("APPLIED (UTC)"), new("BY"), new("DESCRIPTION")],
        policies.Select(p => (IReadOnlyList<Cell>)
        [
            p.Name, p.Revision.ToString(), p.Rules.ToString(), p.AppliedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss"), p.AppliedBy, p.Description ?? "",
        ]));

    // To a terminal line by line without what could steer it; into a file or pipe byte for byte, so that it can be applied again.
    private static void WriteDocument(CliContext context, string text)
    {
        if (!context.IsTerminal)
        {
            context.Output.Write(text);
            return;
        }

        foreach (var line in text.TrimEnd('\r', '\n').Split('\n')) context.WriteLine(line.TrimEnd('\r').Replace("\t", "    ", StringComparison.Ordinal));
    }
}

/// <summary>Result of <c>guard policy validate --json</c>.</summary>
internal sealed record ValidateReport(bool Valid, IReadOnlyList<PolicyDiagnostic> Diagnostics);
