using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>The environment that <c>guard</c> runs in: a home of the case, and the pinned client on the path.</summary>
internal static class GuardEnvironment
{
    // Nobody listens on the discard port; `guard init` asks the client questions, and those go nowhere else.
    private const string RefusingProxy = "http://127.0.0.1:9";

    public static IReadOnlyDictionary<string, string> Of(CaseFolder folder)
    {
        var environment = Isolation.Environment(RefusingProxy);
        environment["HOME"] = folder.Home;
        environment["PATH"] = Path.GetDirectoryName(ClientExecutable.FilePath) + ":" + environment["PATH"];
        environment["TMPDIR"] = folder.Temporary;
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
            environment["DOTNET_ROOT"] = root;
        return environment;
    }
}
