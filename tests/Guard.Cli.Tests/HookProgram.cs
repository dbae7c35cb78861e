namespace Guard.Cli.Tests;

/// <summary>The real hook, built for the portable runtime beside the tests' own build.</summary>
internal static class HookProgram
{
    public static string Folder { get; } = FindFolder();

    private static string FindFolder()
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Repository.PathOf("artifacts", "bin", "Guard.Hook", $"{configuration}_net10.0");
    }
}
