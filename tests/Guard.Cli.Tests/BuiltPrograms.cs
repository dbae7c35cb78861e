namespace Guard.Cli.Tests;

/// <summary>Where the build of the tests has put the programs that they start.</summary>
internal static class BuiltPrograms
{
    public static string GuardFolder { get; } = Repository.PathOf("artifacts", "bin", "Guard.Cli", Configuration);

    /// <summary>The real hook, for the portable runtime.</summary>
    public static string HookFolder { get; } = Repository.PathOf("artifacts", "bin", "Guard.Hook", Configuration + "_net10.0");

    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
}
