namespace Guard.EndToEnd.Tests.Client;

/// <summary>What keeps the client, whoever starts it, from reaching anything but loopback.</summary>
internal static class Isolation
{
    /// <param name="proxy">Where everything that is not for loopback is sent, to be refused.</param>
    public static Dictionary<string, string> Environment(string proxy) => new(StringComparer.Ordinal)
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["LANG"] = "C.UTF-8",
        ["TERM"] = "dumb",
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_TELEMETRY"] = "1",
        ["DISABLE_ERROR_REPORTING"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["HTTP_PROXY"] = proxy,
        ["HTTPS_PROXY"] = proxy,
        ["NO_PROXY"] = "127.0.0.1,localhost",
    };
}
