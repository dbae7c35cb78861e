using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Policies;
using Guard.Gateway.Storage;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Health;

/// <summary>Whether the gateway can decide and record.</summary>
internal sealed class HealthService(Database database, AuditWriter writer, ActiveBundle active, string version, TimeProvider clock)
{
    private const string Ok = "ok";
    private const string Degraded = "degraded";
    private const string Failing = "failing";
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    // Protects the two fields below: of many callers at once one probes, the others get the last known state.
    private readonly Lock _probing = new();
    private long? _probedAt;
    private string? _probeFailure;

    public HealthReport Report()
    {
        var bundle = active.Current;
        HealthCheck[] checks = [Store(), Queue(), Policies(bundle)];
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

    private HealthCheck Store()
    {
        var sqlite = SqliteLibrary.Use();
        return Failure() is { } failure
            ? new HealthCheck { Name = "store", Status = Failing, Detail = failure }
            : new HealthCheck { Name = "store", Status = Ok, Detail = $"SQLite {sqlite.Version} ({sqlite.Origin} library)" };
    }

    private HealthCheck Queue()
    {
        var queued = writer.Queued;
        return new HealthCheck { Name = "audit-queue", Status = queued < writer.QueueLength ? Ok : Failing, Detail = $"{queued} of {writer.QueueLength} places taken" };
    }

    private static HealthCheck Policies(BundleInForce bundle) => bundle.Stale is { } stale
        ? new HealthCheck { Name = "policies", Status = Degraded, Detail = stale }
        : new HealthCheck { Name = "policies", Status = Ok, Detail = $"{bundle.Policies.Count} in force" };

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
                _probeFailure = CanWrite() ? null : failure;
                _probedAt = clock.GetTimestamp();
            }

            return _probeFailure;
        }
        finally
        {
            _probing.Exit();
        }
    }

    // Writes what stands there already, through the same commit as every event; does not wait for a lock.
    private bool CanWrite()
    {
        try
        {
            using var connection = database.Connect();
            connection.DefaultTimeout = 1;
            connection.Execute("PRAGMA busy_timeout = 0");
            using var transaction = WriteTransaction.Begin(connection);
            connection.Execute($"PRAGMA user_version = {Schema.Version}");
            transaction.Commit();
            return true;
        }
        catch (SqliteException)
        {
            // The answer to the question: the store cannot be written. Its reason is the writer's, which is reported.
            return false;
        }
    }
}
