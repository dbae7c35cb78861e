using System.Diagnostics.Metrics;
using Guard.Gateway.Audit.Spool;

namespace Guard.Gateway.Metrics;

/// <summary>What can be watched about this gateway, as instruments of the framework: read by <c>/metrics</c>, and by OTLP where that is on.</summary>
/// <remarks>
/// Thread-safe. Labels take values from fixed sets alone (effects, codes), never from what an agent sends. docs/operations.md
/// lists all of them.
/// </remarks>
internal sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Guard.Gateway";

    private readonly Counter<long> _decisions;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _refused;
    private readonly Histogram<long> _groups;
    private readonly Histogram<double> _commits;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _handedOver;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _missing;

    public GatewayMetrics(string version)
    {
        Meter = new Meter(MeterName, version);
        _decisions = Meter.CreateCounter<long>("guard.decisions", description: "Tool calls decided and recorded");
        _durations = Meter.CreateHistogram("guard.decision.duration", "s", "From the request to the recorded decision", tags: null, advice: Buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10));
        _refused = Meter.CreateCounter<long>("guard.requests.refused", description: "Requests refused, by code; of decisions each is a denial");
        _groups = Meter.CreateHistogram("guard.audit.group.size", "{event}", "Events in one commit", tags: null, advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _commits = Meter.CreateHistogram("guard.audit.commit.duration", "s", "One commit of a group of events", tags: null, advice: Buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5));
        _failed = Meter.CreateCounter<long>("guard.audit.events.failed", description: "Events that could not be recorded, so that what they record was denied");
        _handedOver = Meter.CreateCounter<long>("guard.hook.spool.lines", description: "Lines that hooks handed over from their spools");
        _gaps = Meter.CreateCounter<long>("guard.sequence.gaps", description: "Gaps found in the numbers of hooks' requests");
        _missing = Meter.CreateCounter<long>("guard.sequence.missing", description: "Requests of hooks that never arrived");
        Meter.CreateObservableGauge("guard.build.info", () => new Measurement<long>(1, new KeyValuePair<string, object?>("version", version)), description: "The running version");

        static InstrumentAdvice<double> Buckets(params double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };
    }

    public Meter Meter { get; }

    public void Decided(string effect, string answer, TimeSpan duration)
    {
        _decisions.Add(1, new KeyValuePair<string, object?>("effect", effect), new KeyValuePair<string, object?>("answer", answer));
        _durations.Record(duration.TotalSeconds);
    }

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <param name="events">In the group.</param>
    /// <param name="duration">Of the commit, to the store or to the spool.</param>
    public void Committed(int events, TimeSpan duration)
    {
        _groups.Record(events);
        _commits.Record(duration.TotalSeconds);
    }

    public void NotRecorded(int events) => _failed.Add(events);

    public void HandedOver(int recorded, int refused)
    {
        _handedOver.Add(recorded, new KeyValuePair<string, object?>("result", "recorded"));
        _handedOver.Add(refused, new KeyValuePair<string, object?>("result", "refused"));
    }

    public void GapFound(long missing)
    {
        _gaps.Add(1);
        _missing.Add(missing);
    }

    /// <summary>How full the queue of events is.</summary>
    public void ObserveQueue(Func<long> queued, long capacity)
    {
        Meter.CreateObservableGauge("guard.audit.queue.depth", queued, "{event}", "Events that wait for their commit");
        Meter.CreateObservableGauge("guard.audit.queue.capacity", () => capacity, "{event}", "Events that may wait; one more is refused");
    }

    public void ObserveStore(Func<bool> isReachable) =>
        Meter.CreateObservableGauge("guard.store.up", () => isReachable() ? 1L : 0L, description: "1: the store takes events");

    public void ObserveSpool(AuditDegradation degradation, Func<long> bytes)
    {
        Meter.CreateObservableGauge("guard.audit.degraded", () => degradation.Reason is null ? 0L : 1L, description: "1: events go to the gateway's spool");
        Meter.CreateObservableCounter("guard.audit.spooled", () => degradation.Spooled, "{event}", "Events that went to the gateway's spool");
        Meter.CreateObservableGauge("guard.audit.spool.size", bytes, "By", "What waits in the gateway's spool");
    }

    public void Dispose() => Meter.Dispose();
}
