using System.Diagnostics;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Audit;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Hosting;

/// <summary>Who may call over the Unix socket, with real callers of other accounts.</summary>
public sealed class SocketAccessTests
{
    private const string Group = "64123";

    /// <summary>Rows: account, group, extra groups of the caller; mode of the socket; what it reads.</summary>
    [RootTheory]
    [InlineData("0", "0", "", Group, "200")]
    [InlineData("1500", Group, "", Group, "200")]
    [InlineData("1500", "1500", "", Group, "no connection")]
    [InlineData("1500", "1500", Group, Group, "403 peer-refused")]
    [InlineData("1500", "1500", "", null, "no connection")]
    [InlineData("1500", "0", "", Group, "no connection")]
    public async Task Caller_OfAccountAndGroup_IsServedOrRefused(string account, string group, string extra, string? socketGroup, string outcome)
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var path = folder.File("g.sock");
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = path, UnixSocketGroup = socketGroup });

        Ask(path, account, group, extra).Should().Be(outcome);

        File.GetUnixFileMode(path).Should().Be(socketGroup is null ? (UnixFileMode)0b110_000_000 : (UnixFileMode)0b110_110_000);
    }

    [RootFact]
    public async Task Caller_OfAnotherAccountOnAnOpenedSocket_IsRefusedAndRecorded()
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        var path = folder.File("g.sock");
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = path });
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);

        using var refusals = await OpenStream.OpenAsync(gateway, "?kind=" + AuditKinds.Refused);

        Ask(path, "1500", "1500", "").Should().Be("403 peer-refused");

        (await refusals.TakeAsync(1))[0].Reason.Should().Be("callers of account 1500 on the Unix socket: peer-refused 1");
    }

    [Fact]
    public async Task Start_WithAnUnknownGroup_IsRefused()
    {
        using var folder = new TemporaryFolder();

        var start = () => TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = folder.File("g.sock"), UnixSocketGroup = "no-such-group" });

        await start.Should().ThrowAsync<GatewayStartException>().WithMessage("There is no group no-such-group*");
    }

    private static string Ask(string socket, string account, string group, string extra)
    {
        string[] groups = extra.Length == 0 ? ["--clear-groups"] : ["--groups", extra];
        using var process = Process.Start(new ProcessStartInfo(
            "setpriv",
            ["--reuid", account, "--regid", group, .. groups, "curl", "--silent", "--max-time", "20", "--unix-socket", socket, "--write-out", "\n%{http_code}", "http://gateway.invalid/health/live"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var status = output[(output.LastIndexOf('\n') + 1)..];
        return status switch
        {
            "000" => "no connection",
            "403" when output.Contains(ProblemCodes.PeerRefused, StringComparison.Ordinal) => "403 " + ProblemCodes.PeerRefused,
            _ => status,
        };
    }
}
