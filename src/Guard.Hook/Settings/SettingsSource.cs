using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook.Settings;

/// <summary>Finds the settings in force: the first source that exists wins, and none is mixed with another.</summary>
internal static class SettingsSource
{
    /// <summary>The machine's settings, above everything a user or an agent can say.</summary>
    public const string MachineFile = "/etc/guard/hook.json";

    /// <summary>What the registration asks for and does not get, because the machine's settings are above it; null: nothing.</summary>
    public static string? Overruled(CommandLine command, HookSettings settings) =>
        !settings.FromMachine ? null
        : command.ConfigFile is { } file && file != MachineFile ? $"--config {DisplayText.Clean(file, 300)} was not read: {MachineFile} is in force on this machine"
        : command.ConfigFromEnvironment ? $"--config-from-env was not followed: {MachineFile} is in force on this machine"
        : null;

    /// <exception cref="HookFailure">There are none, or the first found cannot be trusted or understood.</exception>
    public static HookSettings Find(CommandLine command, Func<string?> home)
    {
        if (SettingsFile.Read(MachineFile, onlyRoot: true) is { } machine) return machine with { FromMachine = true };
        if (Privileges.AreHeld) throw new HookFailure($"this guard-hook is of a managed installation, whose settings {MachineFile} are missing, and it takes no others. Run `guard init --managed` as root");
        if (command.ConfigFile is { } file)
        {
            return SettingsFile.Read(file, onlyRoot: false) ?? throw new HookFailure($"the settings {DisplayText.Clean(file, 300)} named by --config do not exist. Run `guard init`");
        }

        if (command.ConfigFromEnvironment) return SettingsBuilder.FromEnvironment();
        return (home() is { } folder ? SettingsFile.Read(folder + "/.guard/hook.json", onlyRoot: false) : null)
            ?? throw new HookFailure("the hook has no settings. Run `guard up` and `guard init`, or name a file with --config");
    }
}
