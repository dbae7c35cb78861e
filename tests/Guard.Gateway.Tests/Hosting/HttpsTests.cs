using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Guard.Gateway.Hosting;

namespace Guard.Gateway.Tests.Hosting;

public sealed class HttpsTests
{
    [Fact]
    public async Task Https_WithAGivenCertificate_Answers()
    {
        using var folder = new TemporaryFolder();
        using var certificate = Certificate(folder);
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { Https = new HttpsOptions(new IPEndPoint(IPAddress.Loopback, 0), folder.File("cert.pem"), folder.File("key.pem")) });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString() },
        });

        var answer = await client.GetAsync(gateway.Host.Addresses.Single(a => a.StartsWith("https://", StringComparison.Ordinal)) + "/health/live");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Https_WithoutItsKey_RefusesToStart()
    {
        using var folder = new TemporaryFolder();
        using var certificate = Certificate(folder);
        File.Delete(folder.File("key.pem"));

        var start = () => TestGateway.StartAsync(adjust: options => options with { Https = new HttpsOptions(new IPEndPoint(IPAddress.Loopback, 0), folder.File("cert.pem"), folder.File("key.pem")) });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("The certificate * cannot be used*");
    }

    private static X509Certificate2 Certificate(TemporaryFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        folder.Write("cert.pem", certificate.ExportCertificatePem());
        folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
