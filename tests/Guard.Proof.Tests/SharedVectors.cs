using System.Text.Json;

namespace Guard.Proof.Tests;

/// <summary>
/// Vectors made by another implementation, in the folder <c>shared/tlog</c> beside the repository (or one level above its
/// worktrees). They are material the repository does not hold; a run without them fails rather than passing unseen.
/// </summary>
internal static class SharedVectors
{
    private static readonly Lazy<string> s_folder = new(Find);

    public static JsonElement Json() => JsonDocument.Parse(Read("vectors.json")).RootElement;

    public static string Read(string name) => File.ReadAllText(Path.Combine(s_folder.Value, name));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "tlog");
            if (File.Exists(Path.Combine(candidate, "vectors.json")))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException($"There is no folder shared/tlog with vectors.json in any folder above {AppContext.BaseDirectory}: put it beside the repository.");
    }
}
