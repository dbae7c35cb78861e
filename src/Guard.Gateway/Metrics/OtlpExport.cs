using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Guard.Gateway.Metrics;

/// <summary>Sends metrics and traces to an OpenTelemetry collector (OTLP over HTTP, protobuf). A collector that is not there costs nothing but their loss.</summary>
internal sealed class OtlpExport : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(MeterProvider metrics, TracerProvider traces)
    {
        _metrics = metrics;
        _traces = traces;
    }

    /// <param name="collector">Its base address; <c>/v1/metrics</c> and <c>/v1/traces</c> are appended.</param>
    /// <param name="version">Of the gateway.</param>
    public static OtlpExport Start(Uri collector, string version)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("guard-gateway", serviceVersion: version);
        var metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(GatewayMetrics.MeterName)
            .AddOtlpExporter((exporter, reader) =>
            {
                To(exporter, collector, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)Every.TotalMilliseconds;
            })
            .Build();
        var traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(GatewayTraces.SourceName)
            // Whether a call is traced is not the caller's to say.
            .SetSampler(new AlwaysOnSampler())
            .AddOtlpExporter(exporter => To(exporter, collector, "v1/traces"))
            .Build();
        return new OtlpExport(metrics, traces);
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    private static void To(OtlpExporterOptions exporter, Uri collector, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/" + path);
        exporter.TimeoutMilliseconds = 5_000;
    }
}

/// <summary>The spans of this gateway. They hold effects, rules and ids, never what a call is about.</summary>
internal static class GatewayTraces
{
    public const string SourceName = "Guard.Gateway";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>One decision; null: nobody listens.</summary>
    public static Activity? Decide() => s_source.StartActivity("guard.decide", ActivityKind.Server);

    /// <summary>The wait for a commit.</summary>
    public static Activity? Record() => s_source.StartActivity("guard.record");
}
