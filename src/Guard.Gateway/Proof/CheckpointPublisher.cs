using Guard.Proof.Notes;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Proof;

/// <summary>Brings signed heads to one place, the newest first and none twice, and goes on trying. It never holds up anybody.</summary>
internal sealed partial class CheckpointPublisher : IAsyncDisposable
{
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(3);

    private readonly ICheckpointPlace _place;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly ILogger<CheckpointPublisher> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly Task _loop;

    // Written by the sequencer, read by the loop.
    private volatile SignedHead? _newest;

    // Written by the loop, read by whoever asks.
    private volatile PublicationState _state;

    public CheckpointPublisher(ICheckpointPlace place, TimeSpan interval, TimeProvider clock, ILogger<CheckpointPublisher> logger)
    {
        _place = place;
        _interval = interval;
        _clock = clock;
        _logger = logger;
        _state = new PublicationState(place.Name, null, null, null);
        _loop = Task.Run(RunAsync);
    }

    public PublicationState State => _state;

    public ICheckpointPlace Place => _place;

    public void Publish(SignedHead head)
    {
        _newest = head;
        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // The loop has not taken the one before yet; it takes the newest.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        using var last = new CancellationTokenSource(LastTry, _clock);
        if (_newest is { } head && head.Size != _state.Size)
        {
            await TryPublishAsync(head, last.Token);
        }

        (_place as IDisposable)?.Dispose();
        _news.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _news.WaitAsync(_stop.Token);
                while (_newest is { } head && !await TryPublishAsync(head, _stop.Token))
                {
                    await Task.Delay(_interval > TimeSpan.FromSeconds(1) ? _interval : TimeSpan.FromSeconds(1), _clock, _stop.Token);
                }

                if (_interval > TimeSpan.Zero)
                {
                    await Task.Delay(_interval, _clock, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself.
        }
    }

    private async Task<bool> TryPublishAsync(SignedHead head, CancellationToken cancellationToken)
    {
        try
        {
            await _place.PublishAsync(head.Note, cancellationToken);
            _state = new PublicationState(_place.Name, head.Size, _clock.GetUtcNow(), null);
            return true;
        }
        catch (CheckpointPlaceException exception)
        {
            if (_state.Failure is null)
            {
                LogFailed(exception.Message);
            }

            _state = _state with { Failure = exception.Message };
            return false;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested || cancellationToken != _stop.Token)
        {
            _state = _state with { Failure = $"{_place.Name} did not answer in time" };
            return false;
        }
    }

    [LoggerMessage(EventId = 7101, Level = LogLevel.Error, Message = "A signed head of the audit log could not be published: {Reason}; it is tried again")]
    private partial void LogFailed(string reason);
}

/// <summary>A signed head of the log.</summary>
/// <param name="Size">In leaves.</param>
/// <param name="Note">With its signatures.</param>
internal sealed record SignedHead(long Size, SignedNote Note);

/// <summary>How far publication at one place has come.</summary>
/// <param name="Place">For people.</param>
/// <param name="Size">Of the newest head there; null: none since the start.</param>
/// <param name="At">When it was put there.</param>
/// <param name="Failure">Why the last try failed; null: it did not.</param>
internal sealed record PublicationState(string Place, long? Size, DateTimeOffset? At, string? Failure);
