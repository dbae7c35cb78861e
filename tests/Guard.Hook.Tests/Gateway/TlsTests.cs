using System.Security.Cryptography.X509Certificates;

namespace Guard.Hook.Tests.Gateway;

[Collection(HookProcesses.Name)]
public sealed class TlsTests(HookBinary hook)
{
    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");
    private static readonly X509Certificate2 Authority = TestCertificates.Authority("CN=Guard Test Authority");

    [Fact]
    public async Task Certificate_OfTheConfiguredAuthority_IsAccepted()
    {
        await using var gateway = Gateway(TestCertificates.Issue(Authority, "localhost", 1));
        using var home = Home(gateway, Authority);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();
        gateway.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Certificate_OfAnotherAuthority_IsRefused()
    {
        await using var gateway = Gateway(TestCertificates.Issue(TestCertificates.Authority("CN=Guard Test Authority"), "localhost", 1));
        using var home = Home(gateway, Authority);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("could not prove that it is localhost");
        gateway.Requests.Should().BeEmpty("the key must not be sent to a stranger");
    }

    [Fact]
    public async Task Certificate_ForAnotherName_IsRefused()
    {
        await using var gateway = Gateway(TestCertificates.Issue(Authority, "other.example", 1));
        using var home = Home(gateway, Authority);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("could not prove");
        gateway.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Certificate_Expired_IsRefused()
    {
        await using var gateway = Gateway(TestCertificates.Issue(Authority, "localhost", -1));
        using var home = Home(gateway, Authority);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("could not prove");
        gateway.Requests.Should().BeEmpty();
    }

    /// <summary>The agent steers the environment, so an authority named there must count for nothing.</summary>
    [Fact]
    public async Task Authority_FromTheEnvironment_IsNotTrusted()
    {
        await using var gateway = Gateway(TestCertificates.Issue(Authority, "localhost", 1));
        using var home = new HookHome(gateway.Url);
        var file = Path.Combine(home.Folder, "ca.pem");
        await File.WriteAllTextAsync(file, Authority.ExportCertificatePem());

        hook.Run(home.Pre(), GitStatus, new Dictionary<string, string> { ["SSL_CERT_FILE"] = file, ["SSL_CERT_DIR"] = home.Folder }).ShouldDeny("could not prove");
        gateway.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData(null)]
    public async Task CaFile_WithoutACertificate_IsDenied(string? content)
    {
        await using var gateway = Gateway(TestCertificates.Issue(Authority, "localhost", 1));
        using var home = new HookHome(gateway.Url, new { caFile = "/tmp/" + Guid.NewGuid() });
        var file = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(home.Config)).RootElement.GetProperty("caFile").GetString()!;
        if (content is not null) await File.WriteAllTextAsync(file, content);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("`caFile`");
        File.Delete(file);
    }

    [Fact]
    public async Task Server_ThatSpeaksNoTls_IsDenied()
    {
        await using var gateway = FakeGateway.OnTcp(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url.Replace("http://127.0.0.1", "https://localhost"), new { timeoutSeconds = 1 });

        hook.Run(home.Pre(), GitStatus).ShouldDeny("gateway");
    }

    private static FakeGateway Gateway(X509Certificate2 certificate) => FakeGateway.OnTcp(FakeGateway.Replying(request => FakeGateway.Decision(request)), certificate);

    private static HookHome Home(FakeGateway gateway, X509Certificate2 authority)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, authority.ExportCertificatePem());
        return new HookHome(gateway.Url, new { caFile = file });
    }
}
