using System.Text;
using Guard.Hook.Gateway;
using Guard.Hook.Native;
using Guard.Hook.Settings;

namespace Guard.Hook.Tests.Settings;

[Collection(HookProcesses.Name)]
public sealed class SettingsTests(HookBinary hook)
{
    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");

    [Theory]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","surprise":1}""", "`surprise`")]
    [InlineData("""{"gatewayUrl":"unix:/a"}""", "`apiKey`")]
    [InlineData("""{"apiKey":"k"}""", "`gatewayUrl`")]
    [InlineData("""{"gatewayUrl":7,"apiKey":"k"}""", "`gatewayUrl`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","apiKey":"l"}""", "twice")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"a b"}""", "`apiKey`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"a\r\nX: y"}""", "`apiKey`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","mode":"off"}""", "`mode`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","timeoutSeconds":"1"}""", "`timeoutSeconds`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","timeoutSeconds":0}""", "`timeoutSeconds`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","traceHeader":"a: b"}""", "`traceHeader`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","caFile":"ca.pem"}""", "`caFile`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k","stateDirectory":"state"}""", "`stateDirectory`")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"k",}""", "not valid JSON")]
    [InlineData("""{"gatewayUrl":"unix:/a","apiKey":"\ud800"}""", "not valid JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("", "not valid JSON")]
    public void File_Wrong_IsDeniedNamingTheKey(string json, string because)
    {
        using var home = new HookHome("unix:/a");
        File.WriteAllText(home.Config, json);

        hook.Run(home.Pre(), GitStatus).ShouldDeny(because);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void File_OthersMayWrite_IsNotUsed(UnixFileMode mode)
    {
        using var home = new HookHome("unix:/a");
        File.SetUnixFileMode(home.Config, UnixFileMode.UserRead | mode);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("others than their owner may write them");
    }

    /// <summary>Rows: who may steer the hook from /etc/guard and from elsewhere.</summary>
    [Theory]
    [InlineData(0u, 0x1A4, true, true)]
    [InlineData(1000u, 0x180, true, false)]
    [InlineData(0u, 0x1B4, true, false)]
    [InlineData(0u, 0x1A6, true, false)]
    [InlineData(1000u, 0x180, false, true)]
    [InlineData(0u, 0x1A4, false, true)]
    [InlineData(1001u, 0x180, false, false)]
    public void File_OfOwnerAndMode_IsTrustedOrNot(uint owner, int mode, bool onlyRoot, bool trusted) =>
        (SettingsFile.Distrust((owner, mode), onlyRoot, user: 1000) is null).Should().Be(trusted);

    [Theory]
    [InlineData("http://example.com:1", "this machine alone")]
    [InlineData("http://127.evil.example:1", "this machine alone")]
    [InlineData("http://127.0.0.1:0", "port")]
    [InlineData("http://127.0.0.1:x", "port")]
    [InlineData("http://127.0.0.1:1/path", "nothing else")]
    [InlineData("http://user@127.0.0.1:1", "nothing else")]
    [InlineData("https://", "nothing else")]
    [InlineData("https://:1", "no host")]
    [InlineData("https://[::1", "no host")]
    [InlineData("ftp://x", "must begin with")]
    [InlineData("unix:relative", "absolute")]
    [InlineData("unix:/a\nb", "blanks")]
    public void GatewayUrl_Bad_IsRefused(string url, string because)
    {
        var act = () => GatewayAddress.Parse(url);
        act.Should().Throw<HookFailure>().WithMessage($"*{because}*");
    }

    [Theory]
    [InlineData("http://localhost:4180", "localhost", 4180)]
    [InlineData("http://[::1]:4180/", "::1", 4180)]
    [InlineData("https://guard.example", "guard.example", 443)]
    [InlineData("https://guard.example:8443", "guard.example", 8443)]
    public void GatewayUrl_Good_IsRead(string url, string host, int port)
    {
        var address = GatewayAddress.Parse(url);
        (address.Host, address.Port).Should().Be((host, port));
    }

    [Theory]
    [InlineData("GUARD_MODE", "off")]
    [InlineData("GUARD_TIMEOUT", "soon")]
    [InlineData("GUARD_GATEWAY_URL", "nowhere")]
    public void Environment_Wrong_IsDenied(string name, string value)
    {
        var environment = new Dictionary<string, string> { ["GUARD_API_KEY"] = "k", ["GUARD_GATEWAY_URL"] = "unix:/a", [name] = value };
        hook.Run(["pre", "--config-from-env"], GitStatus, environment).ShouldDeny(name == "GUARD_TIMEOUT" ? name : "`");
    }

    [Fact]
    public void Environment_WithoutBeingAsked_IsNotUsed()
    {
        using var home = new HookHome("unix:/nowhere/a");
        hook.Run(home.Pre(), GitStatus, new Dictionary<string, string> { ["GUARD_GATEWAY_URL"] = "unix:/nowhere/b", ["GUARD_API_KEY"] = "k" }).ShouldDeny("unix:/nowhere/a");
    }

    [Fact]
    public void Home_FromThePasswordFile_IsTheUsersOwn()
    {
        var file = "root:x:0:0:root:/root:/bin/bash\nbroken\ndev:x:1000:1000::/home/dev:/bin/sh\n"u8;
        Account.FindHome(file, 1000).Should().Be("/home/dev");
        Account.FindHome(file, 0).Should().Be("/root");
        Account.FindHome(file, 7).Should().BeNull();
        Account.FindHome(Encoding.UTF8.GetBytes("x:y:7:7::relative:"), 7).Should().BeNull();
    }
}
