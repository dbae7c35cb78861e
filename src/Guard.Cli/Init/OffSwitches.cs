using System.Text.Json.Nodes;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init;

/// <summary>Settings with which the client would not run Guard's hook although it is registered.</summary>
internal static class OffSwitches
{
    /// <exception cref="CliException">One is on; the message names the file, the place and what to do.</exception>
    public static void Refuse(CliContext context, IEnumerable<string> settingsPaths)
    {
        foreach (var path in settingsPaths.Distinct(StringComparer.Ordinal))
            RefuseIfSet(path, "disableAllHooks", "set it to false or take it out, then run the command again");

        RefuseManaged(context);
        foreach (var path in ManagedFiles(context.ManagedSettingsFolder))
        {
            RefuseIfSet(path, "allowManagedHooksOnly", "hooks of users and projects do not run here; ask whoever manages this machine to register Guard");
        }
    }

    /// <exception cref="CliException">The machine's settings turn all hooks off.</exception>
    public static void RefuseManaged(CliContext context)
    {
        foreach (var path in ManagedFiles(context.ManagedSettingsFolder))
            RefuseIfSet(path, "disableAllHooks", "ask whoever manages this machine");
    }

    private static void RefuseIfSet(string path, string key, string remedy)
    {
        if (SettingsFile.Open(path).Bytes is not { } bytes) return;
        var text = SettingsText.Read(bytes);
        if (text.Root?[key] is not JsonValue value || !value.TryGetValue<bool>(out var on) || !on) return;
        var (line, column) = text.PlaceOf("/" + key);
        throw CliException.Refused($"{path}:{line}:{column}: `{key}` is true, so the client would not run Guard; {remedy}");
    }

    /// <summary>The client's managed settings files, the first and its drop-ins.</summary>
    public static IEnumerable<string> ManagedFiles(string folder)
    {
        yield return Path.Combine(folder, "managed-settings.json");
        var parts = Path.Combine(folder, "managed-settings.d");
        if (!Directory.Exists(parts)) yield break;
        foreach (var part in Directory.EnumerateFiles(parts, "*.json").Order(StringComparer.Ordinal)) yield return part;
    }
}
