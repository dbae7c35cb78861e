using Guard.Gateway.Audit;
using Guard.Gateway.Audit.Spool;
using Guard.Gateway.Policies;
using Guard.Gateway.Proof;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Health;

/// <summary>Whether the gateway can decide and record.</summary>
internal sealed class HealthService(IDatabase database, AuditWriter writer, AuditDegradation degradation, ActiveBundle active, RecordSequencer sequencer, string version, TimeProvider clock)
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string Failing = "failing";
    // A step takes milliseconds and comes every second.
    private static readonly TimeSpan LongestUnsigned = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    // Protects the two fields below: of many callers at once one probes, the others get the last known state.
    private readonly Lock _probing = new();
    private long? _probedAt;
    private string? _probeFailure;

    public HealthReport Report()
    {
        var bundle = active.Current;
        HealthCheck[] checks = [Store(), .. Spool(), Queue(), Log(), Policies(bundle)];
        return new HealthReport
        {
            Status = checks.Any(static check => check.Status == Failing) ? Failing : checks.Any(static check => check.Status == Degraded) ? Degraded : Ok,
            Version = version,
            Bundle = bundle.Bundle.Hash,
            Checks = checks,
        };
    }

    /// <summary>A degraded gateway decides and records, so it is ready.</summary>
    public static bool IsReady(HealthReport report) => report.Status != Failing;

    private HealthCheck Store() => database.Outage is { } outage
        ? new HealthCheck { Name = "store", Status = degradation.Covers(outage.Since) ? Degraded : Failing, Detail = $"{database.Description} cannot be reached since {outage.Since:yyyy-MM-dd HH:mm:ss} UTC: {outage.Reason}" }
        : Failure() is { } failure
            ? new HealthCheck { Name = "store", Status = Failing, Detail = failure }
            : new HealthCheck { Name = "store", Status = Ok, Detail = database.Description };

    // Only while there is something to say: most gateways have no spool.
    private IEnumerable<HealthCheck> Spool()
    {
        if (degradation is { Reason: { } reason, Since: { } since })
        {
            yield return new HealthCheck
            {
                Name = "audit",
                Status = degradation.MayRecord ? Degraded : Failing,
                Detail = $"audit degraded: events go to the spool since {since:yyyy-MM-dd HH:mm:ss} UTC, for at most {degradation.Limit.TotalSeconds:0} s: {reason}",
            };
        }
    }

    private HealthCheck Queue()
    {
        var queued = writer.Queued;
        return new HealthCheck { Name = "audit-queue", Status = queued < writer.QueueLength ? Ok : Failing, Detail = $"{queued} of {writer.QueueLength} places taken" };
    }

    // The log never stops decisions: it says what happened afterwards.
    private HealthCheck Log()
    {
        var state = sequencer.State;
        var age = clock.GetUtcNow() - state.CompleteAt;
        var failing = sequencer.Publications.FirstOrDefault(static publication => publication.Failure is not null)?.Failure;
        var (status, detail) = state switch
        {
            { Refusal: { } refusal } => (Degraded, refusal),
            _ when age > LongestUnsigned => (Degraded, $"no head was signed for {(long)age.TotalSeconds} s: {state.Hindrance ?? "events wait"}"),
            _ when failing is not null => (Degraded, $"{state.Size} events signed, and not published: {failing}"),
            { Hindrance: { } } => (Ok, $"{state.Size} events signed, by another gateway"),
            _ => (Ok, $"{state.Size} events signed"),
        };
        return new HealthCheck { Name = "audit-log", Status = status, Detail = detail };
    }

    private static HealthCheck Policies(BundleInForce bundle) => bundle switch
    {
        { Unusable: { } unusable } => new HealthCheck { Name = "policies", Status = Failing, Detail = unusable },
        { Stale: { } stale } => new HealthCheck { Name = "policies", Status = Degraded, Detail = stale },
        _ => new HealthCheck { Name = "policies", Status = Ok, Detail = $"{bundle.Policies.Count} in force" },
    };

    // The writer learns of a recovery only with the next event; without traffic, a write of no consequence tells.
    private string? Failure()
    {
        if (writer.Failure is not { } failure)
        {
            return null;
        }

        if (!_probing.TryEnter())
        {
            return failure;
        }

        try
        {
            if (_probedAt is not { } at || clock.GetElapsedTime(at) >= ProbeInterval)
            {
                _probeFailure = database.ProbeWrite() is null ? null : failure;
                _probedAt = clock.GetTimestamp();
            }

            return _probeFailure;
        }
        finally
        {
            _probing.Exit();
        }
    }
}
