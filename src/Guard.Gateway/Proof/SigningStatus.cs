using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Proof;

/// <summary>How the signing of the log goes on: for health and metrics, and in the log whenever it changes.</summary>
/// <remarks>Changed by whoever has the sequencer's turn, read by everyone.</remarks>
internal sealed partial class SigningStatus
{
    private readonly LogMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private volatile LogState _state;

    public SigningStatus(Meter meter, Func<IEnumerable<PublicationState>> publications, TimeProvider clock, ILogger logger)
    {
        _clock = clock;
        _logger = logger;
        _state = new LogState { CompleteAt = clock.GetUtcNow() };
        _metrics = new LogMetrics(meter, () => _state, publications, clock);
    }

    public LogState State => _state;

    /// <summary>Another gateway signs, or nobody.</summary>
    public void Watch(LogKeyFile? key, LogHeadRow? head, bool isWaiting) =>
        _state = Signed(key, head) with { Hindrance = _state.Hindrance, CompleteAt = isWaiting ? _state.CompleteAt : _clock.GetUtcNow() };

    /// <summary>A head was signed, and there is more to take in.</summary>
    public void Advance(LogKeyFile? key, LogHeadRow head) => _state = Signed(key, head);

    /// <summary>All that is recorded is below the head.</summary>
    public void Complete(LogKeyFile? key, LogHeadRow? head)
    {
        if (_state.Refusal is not null)
        {
            LogSignsAgain();
        }

        _state = Signed(key, head) with { CompleteAt = _clock.GetUtcNow() };
    }

    /// <summary>The store contradicts what was signed.</summary>
    public void Refuse(string reason)
    {
        _metrics.Refused();
        if (_state.Refusal != reason)
        {
            LogRefused(reason);
        }

        _state = _state with { Refusal = reason, Hindrance = null };
    }

    /// <summary>It cannot be signed now, and nothing is wrong with the record.</summary>
    public void Hinder(string reason)
    {
        if (_state.Hindrance != reason)
        {
            LogHindered(reason);
        }

        _state = _state with { Hindrance = reason };
    }

    public void Restart() => _state = new LogState { CompleteAt = _clock.GetUtcNow() };

    private LogState Signed(LogKeyFile? key, LogHeadRow? head) => new()
    {
        Origin = key?.Origin,
        Size = head?.Size ?? 0,
        SignedAt = head is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(head.SignedAt),
        CompleteAt = _state.CompleteAt,
    };

    [LoggerMessage(EventId = 7002, Level = LogLevel.Critical, Message = "The audit log is not signed: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "The audit log is not signed by this gateway now: {Reason}")]
    private partial void LogHindered(string reason);

    [LoggerMessage(EventId = 7004, Level = LogLevel.Information, Message = "The audit log is signed again")]
    private partial void LogSignsAgain();
}
