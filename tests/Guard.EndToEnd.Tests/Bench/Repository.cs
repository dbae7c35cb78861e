namespace Guard.EndToEnd.Tests.Bench;

/// <summary>The places in the working copy that the tests use.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Guard as it is distributed; made by eng/build.sh.</summary>
    public static string Distribution => Path.Combine(Root, "artifacts", "guard");

    public static string InTests(params string[] parts) =>
        Path.Combine([Root, "tests", "Guard.EndToEnd.Tests", .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Guard.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No Guard.sln above {AppContext.BaseDirectory}: run the tests from a working copy.");
    }
}
