using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook.Gateway;

/// <summary>TLS to a gateway. Trust comes from the configured file or the system, never from the environment.</summary>
internal static class TlsConnection
{
    private const string NoFile = "/dev/null";

    // OpenSSL would load code or settings that these name.
    private static readonly string[] Forbidden = ["OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES", "SSLKEYLOGFILE"];

    /// <exception cref="HookFailure">The gateway is not the one that the certificate must prove.</exception>
    public static Stream Open(SocketStream socket, GatewayAddress address, string? caFile, string? authorities = null)
    {
        foreach (var name in Forbidden) Libc.UnsetEnvironment(name);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = address.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (caFile is null)
        {
            Libc.UnsetEnvironment("SSL_CERT_FILE");
            Libc.UnsetEnvironment("SSL_CERT_DIR");
        }
        else
        {
            // .NET reads the whole system store on the first chain, 50 ms, even when only given roots count.
            Libc.SetEnvironment("SSL_CERT_FILE", NoFile, 1);
            Libc.SetEnvironment("SSL_CERT_DIR", NoFile, 1);
            options.CertificateChainPolicy = PolicyOf(caFile, authorities ?? ReadAuthorities(caFile));
        }

        var tls = new SslStream(socket, leaveInnerStreamOpen: true);
        try
        {
            tls.AuthenticateAsClient(options);
            return tls;
        }
        catch (AuthenticationException e)
        {
            throw new HookFailure(
                $"the gateway at {address} could not prove that it is {DisplayText.Clean(address.Host, 200)} (certificate). Check `caFile` and the certificate's name and dates. {e.InnerException?.GetType().Name}".TrimEnd());
        }
    }

    /// <summary>The text of a PEM file.</summary>
    /// <exception cref="HookFailure">It cannot be read.</exception>
    public static string ReadAuthorities(string caFile)
    {
        try
        {
            return File.ReadAllText(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HookFailure($"`caFile` {DisplayText.Clean(caFile, 300)} cannot be read as PEM certificates");
        }
    }

    private static X509ChainPolicy PolicyOf(string caFile, string authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPem(authorities);
        }
        catch (CryptographicException)
        {
            throw new HookFailure($"`caFile` {DisplayText.Clean(caFile, 300)} cannot be read as PEM certificates");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new HookFailure($"`caFile` {DisplayText.Clean(caFile, 300)} holds no certificate");
    }
}
