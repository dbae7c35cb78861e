using System.Collections.Concurrent;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Metrics;
using Guard.Gateway.Storage;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Sequences;

/// <summary>
/// Notices numbers of hooks' requests that never arrive: requests that were lost, spools that were full or deleted, hooks
/// that were killed. A gap becomes an event and a metric when nobody has recorded it for some minutes.
/// </summary>
/// <remarks>
/// Each gateway watches what it records itself, and asks the record before it speaks of a gap, so that gateways that share a
/// store do not take each other's share for missing. Nothing here delays or changes a decision.
/// </remarks>
internal sealed partial class SequenceWatch : IAsyncDisposable
{
    private const int MaxInstallations = 10_000;
    private const int MaxWaiting = 100_000;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private readonly RecordedNumbers _record;
    private readonly GatewayMetrics _metrics;
    private readonly string _organisation;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    private readonly ILogger<SequenceWatch> _logger;

    // Written by the audit writer, read by the rounds. Beyond the limit numbers are dropped: the record has them.
    private readonly ConcurrentQueue<Seen> _seen = new();
    private readonly Dictionary<(string Agent, string Installation), Watched> _installations = [];
    private BackgroundRounds? _rounds;

    public SequenceWatch(IDatabase database, GatewayMetrics metrics, string organisation, TimeSpan patience, TimeProvider clock, ILogger<SequenceWatch> logger)
    {
        _record = new RecordedNumbers(database);
        _metrics = metrics;
        _organisation = organisation;
        _patience = patience;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>An event with a number was recorded.</summary>
    /// <param name="record">As recorded; a gap that it shows is kept as long.</param>
    public void Saw(AuditRecord record)
    {
        var auditEvent = record.Event;
        if (auditEvent is { Installation: { } installation, Sequence: { } sequence, AgentId: { } agentId } && auditEvent.Kind != AuditKinds.SequenceGap && _seen.Count < MaxWaiting)
        {
            _seen.Enqueue(new Seen(agentId, auditEvent.AgentName, auditEvent.Owner, installation, sequence, record.Leaf.RetentionDays));
        }
    }

    /// <summary>Begins to look, and records what is found with <paramref name="writer"/>.</summary>
    public void Start(AuditWriter writer)
    {
        var interval = _patience / 10 < TimeSpan.FromSeconds(5) ? _patience / 10 : TimeSpan.FromSeconds(5);
        // What could not be asked or recorded now is tried again.
        _rounds = new BackgroundRounds("The search for gaps in numbers of requests", interval, _clock, _ => LookAsync(writer), LogFailed, _logger);
        _rounds.Start();
    }

    public ValueTask DisposeAsync() => _rounds?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Take()
    {
        while (_seen.TryPeek(out var seen))
        {
            var key = (seen.AgentId, seen.Installation);
            if (!_installations.TryGetValue(key, out var watched))
            {
                if (_installations.Count >= MaxInstallations)
                {
                    Forget();
                }

                watched = new Watched(_record.Begin(seen.AgentId, seen.Installation, _clock.GetTimestamp()), _clock.GetUtcNow());
                _installations.Add(key, watched);
            }

            watched.Latest = seen;
            var before = watched.Numbers.SettledTo;
            watched.Numbers.Saw(seen.Sequence, _clock.GetTimestamp());
            if (watched.Numbers.SettledTo > before)
            {
                watched.SettledAt = _clock.GetUtcNow();
            }

            _seen.TryDequeue(out _);
        }
    }

    // They are known again from the record when they are next heard of.
    private void Forget()
    {
        foreach (var (key, watched) in _installations)
        {
            if (watched.Numbers.MissingSince is null || _installations.Count > MaxInstallations * 9 / 10)
            {
                _installations.Remove(key);
            }
        }
    }

    private async Task LookAsync(AuditWriter writer)
    {
        Take();
        foreach (var ((agentId, installation), watched) in _installations)
        {
            var numbers = watched.Numbers;
            if (numbers.MissingSince is not { } since || (_clock.GetElapsedTime(since) < _patience && !numbers.IsFull) || watched.Latest is null)
            {
                continue;
            }

            // Another gateway may have recorded them, also somewhat before the last of those that came here.
            var now = _clock.GetTimestamp();
            if (!_record.Add(numbers, agentId, installation, watched.SettledAt - Margin, now))
            {
                continue;
            }

            // What came to light only now is waited for anew.
            for (var isDue = numbers.MissingSince == since; (isDue || numbers.IsFull) && numbers.Gap() is { } gap; isDue = false)
            {
                await writer.AppendAsync(AuditRecord.HandedOver(Event(watched.Latest!, gap.First, gap.Last), watched.Latest!.Retention, pin: null));
                _metrics.GapFound(gap.Last - gap.First + 1);
                LogGap(installation, gap.First, gap.Last);
                numbers.GiveUp(now);
                watched.SettledAt = _clock.GetUtcNow();
            }
        }
    }

    private AuditEvent Event(Seen seen, long first, long last)
    {
        var now = _clock.GetUtcNow();
        return new AuditEvent
        {
            // Gateways that share a store find a gap at the same moment: the second event has the id of the first.
            Id = Ids.Of(new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), $"{AuditKinds.SequenceGap} {seen.AgentId} {seen.Installation} {first} {last}"),
            Time = now,
            Kind = AuditKinds.SequenceGap,
            Organisation = _organisation,
            Owner = seen.Owner,
            AgentId = seen.AgentId,
            AgentName = seen.AgentName,
            Installation = seen.Installation,
            Sequence = first,
            Count = last - first + 1,
            Reason = first == last
                ? $"request {first} of this installation never arrived"
                : $"requests {first} to {last} of this installation never arrived",
        };
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "Requests {First} to {Last} of the installation {Installation} never arrived")]
    private partial void LogGap(string installation, long first, long last);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Warning, Message = "The numbers of hooks' requests could not be held against the record; it is tried again")]
    private partial void LogFailed(Exception exception);

    private sealed record Seen(string AgentId, string? AgentName, string? Owner, string Installation, long Sequence, int Retention);

    private sealed class Watched(InstallationNumbers numbers, DateTimeOffset settledAt)
    {
        public InstallationNumbers Numbers { get; } = numbers;

        /// <summary>When the last number came that closed up with those before.</summary>
        public DateTimeOffset SettledAt { get; set; } = settledAt;

        public Seen? Latest { get; set; }
    }
}
