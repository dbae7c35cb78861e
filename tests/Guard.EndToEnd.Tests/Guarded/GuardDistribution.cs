using Guard.EndToEnd.Tests.Bench;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>Guard as it is distributed.</summary>
internal static class GuardDistribution
{
    private static readonly Lazy<string> Checked = new(Check);

    /// <summary>The folder with <c>guard</c> and <c>guard-hook</c>.</summary>
    public static string Folder => Checked.Value;

    public static string Command => Path.Combine(Folder, "guard");

    private static string Check()
    {
        foreach (var program in new[] { "guard", "guard-hook" })
            if (!File.Exists(Path.Combine(Repository.Distribution, program)))
                throw new InvalidOperationException($"{program} is not in {Repository.Distribution}. Run eng/build.sh.");

        // It would win over the settings that each test gives its hook.
        return File.Exists("/etc/guard/hook.json")
            ? throw new InvalidOperationException("/etc/guard/hook.json exists: this machine has a managed installation, and the hook of the tests would use it. Run the tests on another machine.")
            : Repository.Distribution;
    }
}
