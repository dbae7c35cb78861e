using System.Text.Json.Nodes;
using Guard.Cli.Init;
using Guard.Cli.Init.Managed;
using Guard.Cli.Terminal;

namespace Guard.Cli.Doctor;

/// <summary>What the client's settings do to Guard's registration.</summary>
internal sealed class SettingsChecks(CliContext context, IReadOnlyList<SettingsLayer> layers)
{
    // What steers a program that inherits it, or the client's own hooks.
    private static readonly string[] Reaching = ["GUARD_", "LD_", "DOTNET_", "GLIBC_TUNABLES", "CLAUDE_CODE_SHELL_PREFIX", "HOME", "PATH"];

    /// <summary>The file whose registration is in force: a managed one, else the strongest.</summary>
    public SettingsLayer? Registered { get; } = layers.FirstOrDefault(layer => layer.Hook is not null);

    public IEnumerable<Finding> Run()
    {
        foreach (var layer in layers.Where(layer => layer.Void is not null))
            yield return new Finding(FindingCodes.SettingsVoid, $"the client drops {layer.Path} as a whole: {layer.Void}", layer.IsManaged ? "mend it as root" : "mend it, or run `guard init --repair`");

        if (Registered is null)
        {
            yield return new Finding(FindingCodes.HookMissing, "no settings that the client reads here register guard-hook for tool calls", "run `guard init` here, `guard init --user`, or as root `guard init --managed`");
            yield break;
        }

        foreach (var layer in layers.Where(layer => layer.Disables && (layer.IsManaged || !Registered.IsManaged)))
            yield return new Finding(FindingCodes.HooksDisabled, $"`disableAllHooks` is true in {layer.Path}", "set it to false or take it out");

        // Copies in files of users and projects do not weaken a managed registration.
        foreach (var layer in layers.Where(layer => layer.Weakness is not null && (layer.IsManaged || !Registered.IsManaged)))
        {
            yield return layer.Weakness!.Contains("ConfigChange any more", StringComparison.Ordinal)
                ? new Finding(FindingCodes.HookUnwatched, $"{layer.Path} registers guard-hook for tool calls and not for changes of settings", "run `guard init` again")
                : new Finding(FindingCodes.HookShadowed, layer.Weakness + ", and of several copies the weaker options can win", $"take that out of {layer.Path}, then run `guard init` again");
        }

        if (!layers.Any(layer => layer.ManagedOnly))
        {
            foreach (var layer in layers.Where(layer => layer.Others.Count > 0))
                yield return new Finding(FindingCodes.HookForeign, $"{layer.Path} registers another hook for tool calls ({string.Join(", ", layer.Others)}), which can rewrite a call after Guard has judged it", "take it out if you do not trust it; in managed settings `allowManagedHooksOnly` keeps such hooks out");
        }

        foreach (var finding in CheckEnvironment().Concat(CheckProgram())) yield return finding;
    }

    private IEnumerable<Finding> CheckEnvironment()
    {
        // A setgid hook takes nothing from there.
        if (Registered!.IsManaged) yield break;
        foreach (var layer in layers.Where(layer => !layer.IsManaged))
        {
            var names = layer.Variables.Where(name => Reaching.Any(start => name.StartsWith(start, StringComparison.Ordinal))).ToList();
            if (names.Count > 0)
                yield return new Finding(FindingCodes.Environment, $"`env` in {layer.Path} sets {string.Join(", ", names)} for the hook too", "take them out, or install with `guard init --managed`, whose hook takes nothing from the environment");
        }

        if (Registered.Hook!["args"] is JsonArray args && args.Any(arg => arg?.ToString() == "--config-from-env"))
            yield return new Finding(FindingCodes.Environment, $"{Registered.Path} registers guard-hook with --config-from-env: an agent can change the environment of what it starts", "run `guard init` again, which names a file");
        foreach (var name in (string[])["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"])
        {
            if (!string.IsNullOrEmpty(context.Environment(name)))
                yield return new Finding(FindingCodes.Environment, $"{name} is set here, and reaches the hook of a client that is started from here", $"unset {name}");
        }
    }

    private IEnumerable<Finding> CheckProgram()
    {
        var program = Registered!.Hook!["command"]!.ToString();
        if (!AgentClient.IsExecutable(program))
            yield return new Finding(FindingCodes.HookProgram, $"{program}, which {Registered.Path} registers, does not exist or may not be executed: every tool call is blocked", "run `guard init` again");
        else if (program == ManagedLayout.Hook && (File.GetUnixFileMode(program) & UnixFileMode.SetGroup) == UnixFileMode.None)
            yield return new Finding(FindingCodes.HookProgram, $"{program} has lost its setgid bit: every tool call is denied", "as root: run `guard init --managed` again");
    }
}
