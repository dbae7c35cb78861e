using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Hosting;

/// <summary>Kestrel with this gateway's sockets, limits and pipeline.</summary>
internal static class WebServer
{
    private const long MaxBodyBytes = 8 * 1024 * 1024;
    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxHeaders = 64;

    // Connections that wait to be accepted; the kernel's limit (net.core.somaxconn) is the same since Linux 5.4.
    private const int Backlog = 4_096;
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    // An empty builder: the others read appsettings.json of the current folder and ASPNETCORE_ variables, and the agent can write both.
    public static WebApplication Build(GatewayOptions options, ListenSockets sockets, ILoggerFactory loggers, RequestPipeline pipeline)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Guard.Gateway",
            EnvironmentName = Environments.Production,
            ContentRootPath = options.DataDirectory,
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, HostedLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.Configure<SocketTransportOptions>(transport =>
        {
            transport.CreateBoundListenSocket = sockets.Take;
            transport.Backlog = Backlog;
            // A request is decided by the thread that read it: what it may wait for, it waits for without a thread, but for the
            // first call of a session. Another thread for it costs more than the decision.
            transport.UnsafePreferInlineScheduling = true;
        });
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, sockets));

        var web = builder.Build();
        web.Use(next => context => pipeline.AnswerFailuresAsync(context, next));
        web.UseRouting();
        web.Use(next => context => pipeline.AuthenticateAsync(context, next));
        return web;
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayOptions options, ListenSockets sockets)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        if (sockets.Http is { } http)
        {
            kestrel.Listen(http);
        }

        if (sockets.UnixPath is { } path)
        {
            kestrel.ListenUnixSocket(path);
        }

        if (sockets.Https is { } https && options.Https is { } stated)
        {
            kestrel.Listen(https, endpoint => endpoint.UseHttps(Tls(stated)));
        }
    }

    private static HttpsConnectionAdapterOptions Tls(HttpsOptions options)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.CertificatePath);
            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(options.CertificatePath, options.KeyPath),
                ServerCertificateChain = chain,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new GatewayStartException($"The certificate {options.CertificatePath} with the key {options.KeyPath} cannot be used: {exception.Message}", exception);
        }
    }

    /// <summary>Signals belong to the program that hosts the gateway.</summary>
    private sealed class HostedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
