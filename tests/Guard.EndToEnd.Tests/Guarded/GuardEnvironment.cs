using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>The environment that <c>guard</c> runs in: a home of the case, and the pinned client on the path.</summary>
internal static class GuardEnvironment
{
    public static IReadOnlyDictionary<string, string> Of(CaseFolder folder) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HOME"] = folder.Home,
        ["PATH"] = Path.GetDirectoryName(ClientExecutable.FilePath) + ":" + (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin"),
        ["TMPDIR"] = folder.Temporary,
        ["LANG"] = "C.UTF-8",
        ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
    };
}
