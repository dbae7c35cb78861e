using System.CommandLine;
using System.Text.Json;
using Guard.Cli.Connection;
using Guard.Cli.Init.Managed;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Init;

/// <summary><c>guard init</c>: registers the hook with the agent client.</summary>
internal static class InitCommand
{
    public static Command Create(CliContext context)
    {
        var user = new Option<bool>("--user") { Description = "Register for every project of this account (~/.claude/settings.json)" };
        var project = new Option<bool>("--project") { Description = "Register for the current folder (./.claude/settings.json); the default" };
        var hook = new Option<string?>("--hook") { HelpName = "PATH", Description = "The hook program (default: guard-hook beside guard, else on PATH)" };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "The hook's settings (default: hook.json in Guard's data folder)" };
        var permissions = new Option<bool>("--permissions") { Description = "Also write permissions.allow, so that the client does not ask about what Guard lets through" };
        var repair = new Option<bool>("--repair") { Description = "Rewrite a file that the client would drop as plain JSON, with a backup" };
        var uninstall = new Option<bool>("--uninstall") { Description = "Take out exactly what was put in" };
        var dryRun = new Option<bool>("--dry-run", "--print") { Description = "Show what would be written, change nothing" };
        var managed = new Option<bool>("--managed") { Description = "As root: install for every account of this machine, so that none can take it out (docs/managed.md)" };
        var gateway = new Option<string?>("--gateway") { HelpName = "URL", Description = "With --managed: a gateway on another machine, https://host[:port]; needs --agent-key-file" };
        var caFile = new Option<string?>("--ca-file") { HelpName = "PEM", Description = "With --gateway: the authorities that vouch for it" };
        var agentKeyFile = new Option<string?>("--agent-key-file") { HelpName = "FILE", Description = "With --gateway: holds the agent's key" };
        var adminKeyFile = new Option<string?>("--admin-key-file") { HelpName = "FILE", Description = "With --managed: write the first admin key there instead of showing it" };
        var policies = new Option<string?>("--policies") { HelpName = "DIR", Description = "With --managed: policies to copy to /etc/guard/policies" };
        var purge = new Option<bool>("--purge") { Description = "With --managed --uninstall: also the record, the policies and the account" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("init", "Register Guard's hook with Claude Code, and prove that it holds")
        {
            user, project, managed, hook, config, permissions, gateway, caFile, agentKeyFile, adminKeyFile, policies, repair, uninstall, purge, dryRun, data, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(user) && result.GetValue(project)) result.AddError("--user and --project exclude each other");
            if (result.GetValue(managed) && (result.GetValue(user) || result.GetValue(project))) result.AddError("--managed and --user or --project exclude each other");
            var forManaged = new Option[] { gateway, caFile, agentKeyFile, adminKeyFile, policies, purge }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (!result.GetValue(managed) && forManaged is not null) result.AddError($"{forManaged.Name} is for --managed");
            var notForManaged = new Option[] { hook, config, permissions, data }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false });
            if (result.GetValue(managed) && notForManaged is not null) result.AddError($"{notForManaged.Name} is not for --managed, whose places are fixed");
            if (result.GetValue(purge) && !result.GetValue(uninstall)) result.AddError("--purge is for --uninstall");
            if (result.GetValue(gateway) is { } url && !url.StartsWith("https://", StringComparison.Ordinal)) result.AddError($"--gateway {url}: a gateway on another machine is reached by https://");
            if (result.GetValue(gateway) is not null != result.GetValue(agentKeyFile) is not null && !result.GetValue(uninstall)) result.AddError("--gateway and --agent-key-file are needed together");
            if (result.GetValue(caFile) is not null && result.GetValue(gateway) is null) result.AddError("--ca-file is for --gateway");
            if (result.GetValue(uninstall) && result.GetValue(permissions)) result.AddError("--permissions is for installing; --uninstall takes them out by itself");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            var removing = parsed.GetValue(uninstall);
            if (parsed.GetValue(managed))
            {
                var managedRequest = new ManagedRequest
                {
                    Source = context.ProgramFolder,
                    Gateway = parsed.GetValue(gateway),
                    CaFile = Absolute(parsed.GetValue(caFile)),
                    AgentKeyFile = Absolute(parsed.GetValue(agentKeyFile)),
                    AdminKeyFile = Absolute(parsed.GetValue(adminKeyFile)),
                    Policies = Absolute(parsed.GetValue(policies)),
                    MayShowKey = context.IsTerminal && !parsed.GetValue(json),
                    Repair = parsed.GetValue(repair),
                    DryRun = parsed.GetValue(dryRun),
                    Purge = parsed.GetValue(purge),
                };
                return await RunManagedAsync(context, managedRequest, removing, parsed.GetValue(json), cancel);
            }

            var folder = CommonOptions.FolderOf(parsed, data, context);
            var request = new InitRequest
            {
                SettingsPath = SettingsPath(context, parsed.GetValue(user)),
                ProjectFolder = context.CurrentDirectory,
                HookPath = removing ? "" : HookPath(context, parsed.GetValue(hook)),
                ConfigPath = removing ? "" : ConfigPath(context, parsed.GetValue(config) ?? folder.HookConfig),
                Permissions = parsed.GetValue(permissions),
                User = parsed.GetValue(user),
                Repair = parsed.GetValue(repair),
                DryRun = parsed.GetValue(dryRun),
            };
            var installer = new Installer(context, folder);
            var report = removing
                ? await installer.UninstallAsync(request, cancel)
                : await InstallAsync(context, installer, request, cancel);

            if (parsed.GetValue(json))
                context.Output.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.InitReport));
            else
                Print(context, request, report);
            return report.Objection is not null ? ExitCodes.BadDocument
                : report.Canary is { Stopped: false } ? ExitCodes.Negative
                : ExitCodes.Done;
        });
        return command;

        string? Absolute(string? path) => path is null ? null : context.Resolve(path);
    }

    private static async Task<int> RunManagedAsync(CliContext context, ManagedRequest request, bool removing, bool json, CancellationToken cancel)
    {
        var installer = new ManagedInstaller(context, request);
        var report = removing ? await installer.UninstallAsync(cancel) : await installer.InstallAsync(cancel);
        if (json)
            context.Output.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.ManagedReport));
        else
            ManagedText.Write(context, report);
        return report.Canary is { Stopped: false } ? ExitCodes.Negative : ExitCodes.Done;
    }

    private static async Task<InitReport> InstallAsync(CliContext context, Installer installer, InitRequest request, CancellationToken cancel)
    {
        var (client, warning) = await AgentClient.FindAsync(context, cancel);
        OffSwitches.Refuse(context,
        [
            request.SettingsPath,
            SettingsPath(context, user: true),
            SettingsPath(context, user: false),
            Path.Combine(request.ProjectFolder, ".claude", "settings.local.json"),
        ]);

        var report = await installer.InstallAsync(request, cancel);
        return report with
        {
            Client = client,
            Objection = client is null || request.DryRun
                ? null
                : await ClientCheck.FindObjectionAsync(client.Path, request.SettingsPath, context.Home, request.ProjectFolder, cancel),
            Warnings = warning is null ? report.Warnings : [.. report.Warnings, warning],
            Canary = request.DryRun
                ? null
                : await Canary.FlyAsync(request.HookPath, request.ConfigPath, request.SettingsPath, request.ProjectFolder, cancel),
        };
    }

    private static void Print(CliContext context, InitRequest request, InitReport report)
    {
        foreach (var warning in report.Warnings) context.Warn(warning);
        foreach (var repair in report.Repairs) context.WriteLine("Repaired " + repair);
        var file = context.Shorten(report.File);
        if (report is { DryRun: true, Content: { } content })
        {
            context.WriteLine(report.Changed ? $"{file} would become:" : $"{file} would stay as it is:");
            foreach (var line in content.TrimEnd('\r', '\n').Split('\n')) context.WriteLine(line.TrimEnd('\r'));
            return;
        }

        if (report.Operation == "uninstall")
        {
            context.WriteLine(report.Changed ? $"Guard was taken out of {file}." : $"There is nothing of Guard in {file}.");
            if (report.Backup is not null) context.WriteLine($"The file as it was: {context.Shorten(report.Backup)}");
            return;
        }

        context.WriteLine(report.Changed
            ? $"Registered {context.Shorten(request.HookPath)} in {file} for {string.Join(", ", report.Events)}."
            : $"Guard is registered in {file} already; nothing was changed.");
        if (report.Permissions.Count > 0)
        {
            // The client drops a project's permissions until the person trusts the folder; measured with 2.1.329.
            var who = request.User ? "The client" : "Once you have trusted this folder in the client, it";
            context.WriteLine($"{who} will not ask again about: {string.Join(", ", report.Permissions)}.");
        }

        if (report.Backup is not null) context.WriteLine($"The file as it was: {context.Shorten(report.Backup)}");
        if (report.Client is { } client) context.WriteLine($"Client: {client.Path}, version {client.Version}.");
        if (report.Objection is { } objection)
            context.Error.WriteLine(PlainText.OneLine($"guard: the client drops this file, so nothing in it is in force: {objection}; mend that and run the command again"));
        PrintCanary(context, report, file);
        context.WriteLine("This stops tool calls, not code that already runs as you: such code can switch the hook off again");
        context.WriteLine("(edit the settings, set disableAllHooks). docs/threat-model.md says what holds and what does not.");
    }

    private static void PrintCanary(CliContext context, InitReport report, string file)
    {
        var canary = report.Canary!;
        if (!canary.Stopped)
            context.Error.WriteLine(PlainText.OneLine($"guard: the canary failed: {canary.Reason}. The registration stays: until this is mended, tool calls are denied or, if the hook itself is wrong, not governed."));
        else if (report.Objection is null)
            context.WriteLine($"Canary: a write to {file} was denied by the floor. Guard is in force for the next session.");
        else
            context.WriteLine($"Canary: a write to {file} was denied by the floor; the hook and the gateway are ready.");
    }

    // CLAUDE_CONFIG_DIR moves the folder from which the client reads the user's settings.
    private static string SettingsPath(CliContext context, bool user)
    {
        if (!user) return Path.Combine(context.CurrentDirectory, ".claude", "settings.json");
        var moved = context.Environment("CLAUDE_CONFIG_DIR");
        return Path.Combine(string.IsNullOrEmpty(moved) ? Path.Combine(context.Home, ".claude") : context.Resolve(moved), "settings.json");
    }

    /// <exception cref="CliException">There is none.</exception>
    internal static string HookPath(CliContext context, string? stated)
    {
        if (stated is not null)
        {
            var path = context.Resolve(stated);
            return AgentClient.IsExecutable(path) ? path : throw CliException.Refused($"the hook {path} does not exist or may not be executed; nothing was changed");
        }

        var beside = Path.Combine(context.ProgramFolder, HookRegistrations.ProgramName);
        return AgentClient.IsExecutable(beside)
            ? beside
            : AgentClient.FindOnPath(context, HookRegistrations.ProgramName)
                ?? throw CliException.Refused($"guard-hook is neither in {context.ProgramFolder} nor on PATH; say where it is with --hook PATH");
    }

    private static string ConfigPath(CliContext context, string stated)
    {
        var path = context.Resolve(stated);
        return File.Exists(path)
            ? path
            : throw CliException.Refused($"the hook's settings {path} do not exist; run `guard up` first, which writes them, or name others with --config FILE");
    }
}
