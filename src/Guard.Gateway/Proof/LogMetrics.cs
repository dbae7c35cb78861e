using System.Diagnostics.Metrics;

namespace Guard.Gateway.Proof;

/// <summary>The log in numbers, among those of the gateway.</summary>
internal sealed class LogMetrics
{
    private readonly Counter<long> _refusals;

    public LogMetrics(Meter meter, Func<LogState> state, Func<IEnumerable<PublicationState>> publications, TimeProvider clock)
    {
        meter.CreateObservableGauge("guard.log.size", () => state().Size, "{event}", "Events under the newest signed head");
        meter.CreateObservableGauge("guard.log.checkpoint.age", () => Math.Max(0, (clock.GetUtcNow() - state().CompleteAt).TotalSeconds), "s", "How long recorded events have been waiting for a signed head, at most");
        meter.CreateObservableGauge("guard.log.refused", () => state().Refusal is null ? 0 : 1, null, "1: nothing is signed, because the store contradicts what was signed");
        meter.CreateObservableGauge(
            "guard.log.publication.failing",
            () => publications().Select(static publication => new Measurement<int>(publication.Failure is null ? 0 : 1, new KeyValuePair<string, object?>("place", publication.Place))),
            null,
            "1: the newest head could not be published at this place");
        _refusals = meter.CreateCounter<long>("guard.log.refusals", "{refusal}", "How often signing was refused");
    }

    public void Refused() => _refusals.Add(1);
}
