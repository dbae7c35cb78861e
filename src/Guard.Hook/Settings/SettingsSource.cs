using Guard.Protocol;

namespace Guard.Hook.Settings;

/// <summary>Finds the settings in force: the first source that exists wins, and none is mixed with another.</summary>
internal static class SettingsSource
{
    /// <summary>The machine's settings, above everything a user or an agent can say.</summary>
    public const string MachineFile = "/etc/guard/hook.json";

    /// <exception cref="HookFailure">There are none, or the first found cannot be trusted or understood.</exception>
    public static HookSettings Find(CommandLine command, string? home)
    {
        if (SettingsFile.Read(MachineFile, onlyRoot: true) is { } machine) return machine;
        if (command.ConfigFile is { } file)
        {
            return SettingsFile.Read(file, onlyRoot: false) ?? throw new HookFailure($"the settings {DisplayText.Clean(file, 300)} named by --config do not exist. Run `guard init`");
        }

        if (command.ConfigFromEnvironment) return SettingsBuilder.FromEnvironment();
        return (home is null ? null : SettingsFile.Read(home + "/.guard/hook.json", onlyRoot: false))
            ?? throw new HookFailure("the hook has no settings. Run `guard up` and `guard init`, or name a file with --config");
    }
}
