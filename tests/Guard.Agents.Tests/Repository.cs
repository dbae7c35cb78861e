namespace Guard.Agents.Tests;

/// <summary>Where the files of this repository lie, for tests that read them.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var at = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(at, "Guard.sln"))) at = Path.GetDirectoryName(at)!;
        return at;
    }
}
