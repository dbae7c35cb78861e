using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Guard.Benchmarks;

/// <summary>Answers every decision with allow, at once: what is left of a measurement is the process that asked.</summary>
internal sealed class InstantGateway : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly Socket _unix = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _tls = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private InstantGateway(string folder)
    {
        _unix.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "instant.sock")));
        _unix.Listen(128);
        _tls.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _tls.Listen(128);
        TlsPort = ((IPEndPoint)_tls.LocalEndPoint!).Port;
        _certificate = MakeCertificate(Path.Combine(folder, "ca.pem"));
    }

    public int TlsPort { get; }

    public static InstantGateway Start(string folder)
    {
        var gateway = new InstantGateway(folder);
        _ = Task.Run(() => gateway.AcceptAsync(gateway._unix, isTls: false));
        _ = Task.Run(() => gateway.AcceptAsync(gateway._tls, isTls: true));
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _unix.Dispose();
        _tls.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket listener, bool isTls)
    {
        while (!_stop.IsCancellationRequested)
        {
            var socket = await listener.AcceptAsync(_stop.Token);
            _ = Task.Run(() => ServeAsync(socket, isTls));
        }
    }

    private async Task ServeAsync(Socket socket, bool isTls)
    {
        using var connection = socket;
        try
        {
            Stream stream = new NetworkStream(connection);
            if (isTls)
            {
                connection.NoDelay = true;
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                stream = tls;
            }

            var trace = await ReadTraceAsync(stream);
            var body = $$"""{"version":1,"traceId":"{{trace}}","eventId":"{{trace}}","answer":"allow","effect":"allow","granted":false,"mode":"enforce","message":"guard: allowed"}""";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), _stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync(e.Message);
        }
    }

    private async Task<string> ReadTraceAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            if (read == 0) throw new IOException("the client closed before its request was complete");
            length += read;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            const string header = "content-length: ";
            var at = text.IndexOf(header, StringComparison.OrdinalIgnoreCase) + header.Length;
            var body = int.Parse(text.AsSpan(at, text.IndexOf('\r', at) - at), CultureInfo.InvariantCulture);
            if (length < end + 4 + body) continue;
            const string member = "\"traceId\":\"";
            return text.Substring(text.IndexOf(member, StringComparison.Ordinal) + member.Length, 36);
        }
    }

    private static X509Certificate2 MakeCertificate(string caFile)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Guard benchmark authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(caFile, authority.ExportCertificatePem());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        leaf.CertificateExtensions.Add(names.Build());
        using var certificate = leaf.Create(authority, now.AddHours(-1), now.AddHours(20), RandomNumberGenerator.GetBytes(8));
        return X509CertificateLoader.LoadPkcs12(certificate.CopyWithPrivateKey(key).Export(X509ContentType.Pkcs12), null);
    }
}
