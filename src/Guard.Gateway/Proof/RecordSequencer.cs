using System.Data.Common;
using System.Diagnostics.Metrics;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Proof;
using Guard.Proof.Leaves;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Proof.Tree;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Proof;

/// <summary>
/// Takes recorded events into the log, signs its head and hands it to the places of publication. Decisions never wait for it, and
/// never fail by it.
/// </summary>
/// <remarks>
/// INVARIANT (one history): a head is stored only in place of the very head it was made from, so of several gateways on one
/// database each step is made by one, and nobody holds a lock that could outlive its holder.
/// INVARIANT (never against what was signed): the stored tree must hold the newest head that this gateway has seen anywhere: in
/// the store, in its own memory, or where heads are published. Else nothing is signed until it does.
/// </remarks>
internal sealed partial class RecordSequencer : IAsyncDisposable
{
    // Of one step; a step takes milliseconds, and the first one after an upgrade may have millions before it.
    private const int MaxLeaves = 20_000;

    private readonly LogStore _store;
    private readonly string _directory;
    private readonly string _organisation;
    private readonly CheckpointMemory _memory;
    private readonly IReadOnlyList<CheckpointPublisher> _publishers;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly ILogger<RecordSequencer> _logger;
    private readonly LogMetrics _metrics;
    private readonly List<ICheckpointPlace> _unread;
    private readonly CancellationTokenSource _stop = new();

    // Steps, rotations and their like come one after the other.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _loop = Task.CompletedTask;

    // Used by whoever has the turn.
    private LogKeyFile? _key;
    private Checkpoint? _known;
    private SignedNote? _unremembered;

    // Written by whoever has the turn, read by health and metrics.
    private volatile LogState _state;

    public RecordSequencer(IDatabase database, string directory, string organisation, IReadOnlyList<CheckpointPublisher> publishers, ProofOptions options, Meter meter, TimeProvider clock, ILogger<RecordSequencer> logger)
    {
        _store = new LogStore(database);
        _directory = directory;
        _organisation = organisation;
        _memory = new CheckpointMemory(directory);
        _publishers = publishers;
        _interval = options.Interval;
        _clock = clock;
        _logger = logger;
        _unread = [_memory, .. publishers.Select(static publisher => publisher.Place)];
        _state = new LogState { CompleteAt = clock.GetUtcNow() };
        _metrics = new LogMetrics(meter, () => _state, () => _publishers.Select(static publisher => publisher.State), clock);
        _key = LogKeyFile.Read(directory);
    }

    public LogState State => _state;

    public IEnumerable<PublicationState> Publications => _publishers.Select(static publisher => publisher.State);

    /// <summary>Only now: a first start that fails leaves no key behind.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Takes in and signs what is recorded now.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (await TryStepAsync(cancellationToken))
            {
                // There is more.
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes a new key, which the one before vouches for, and signs the head with both.</summary>
    /// <exception cref="RefusedException">409: this gateway does not sign the log.</exception>
    /// <exception cref="ProofRefusedException">The store contradicts what was signed.</exception>
    public async Task RotateAsync(string actor, string reason, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (!TryRotate(actor, reason))
            {
                // Another gateway was faster with a step.
                cancellationToken.ThrowIfCancellationRequested();
            }

            await RememberAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Begins a new log over the leaves there are, with a key that nobody vouches for: after the key was lost, or the store restored
    /// from a backup. What was signed before still holds for whoever has it.
    /// </summary>
    public async Task RestartAsync(string actor, string reason, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Restart(actor, reason);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        var hasEnded = await _loop.EndsInTimeAsync("The signing of the record", _logger) && (_loop == Task.CompletedTask || await SignsLastAsync());
        foreach (var publisher in _publishers)
        {
            await publisher.DisposeAsync();
        }

        if (hasEnded)
        {
            _key?.Dispose();
            _turn.Dispose();
            _stop.Dispose();
        }
    }

    // What was recorded last is not left without a head, where the store answers. The next gateway on this store signs the rest.
    private async Task<bool> SignsLastAsync()
    {
        using var last = new CancellationTokenSource();
        var hasEnded = await Task.Run(() => CatchUpAsync(last.Token)).EndsInTimeAsync("The signing of what was recorded last", _logger);
        if (!hasEnded)
        {
            await last.CancelAsync();
        }

        return hasEnded;
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, _clock);
        try
        {
            // Not at once: the first requests after a start do not share the processor with it.
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await CatchUpAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself.
        }
    }

    /// <returns>Whether there may be more to take in.</returns>
    private async Task<bool> TryStepAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await StepAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is ProofRefusedException or BadSignatureException or ProofFormatException)
        {
            Refuse(exception.Message);
        }
        catch (Exception exception) when (exception is DbException or CheckpointPlaceException or GatewayStartException or IOException or UnauthorizedAccessException)
        {
            Hinder(exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception);
            Hinder($"the step failed ({exception.GetType().Name})");
        }

        return false;
    }

    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        using var connection = _store.Connect();
        var keys = LogStore.Keys(connection);
        var head = LogStore.Head(connection);
        if (FindKey(keys) is not { } key)
        {
            Watch(connection, head);
            return false;
        }

        await ReadPlacesAsync(key, cancellationToken);
        await RememberAsync(cancellationToken);
        var tiles = LogStore.Tiles(connection);
        CheckKnown(head, tiles);
        CheckTail(connection, head);
        var leaves = LogStore.Leaves(connection, head?.Position ?? 0, MaxLeaves);
        if (leaves.Count == 0)
        {
            Complete(head);
            return false;
        }

        var trusted = Trusted(key, keys);
        var step = new LogSequencer(key.Origin, [key.Signer], trusted).Integrate(Note(head), tiles, leaves.Select(static leaf => Leaf(leaf).Hash()));
        var next = new LogHeadRow { Size = step.Checkpoint.Size, Position = leaves[^1].Position, Note = step.Note.ToString(), SignedAt = _clock.GetUtcNow().ToUnixTimeMilliseconds() };
        if (!_store.TryStore(head, next, step, tile => LastPosition(tile, head?.Size ?? 0, leaves)))
        {
            // Another gateway has made this step. What it signed is looked at like everything else.
            return true;
        }

        Publish(step.Checkpoint, step.Note);
        await RememberAsync(cancellationToken);
        if (leaves.Count == MaxLeaves)
        {
            _state = Signed(next);
            return true;
        }

        Complete(next);
        return false;
    }

    private static EventLeaf Leaf(LogLeafRow row) => row.ToLeaf() ?? throw new ProofFormatException($"The row at position {row.Position} is no leaf: the store was changed. Nothing is signed");

    private static SignedNote? Note(LogHeadRow? head) => head is null ? null : SignedNote.Parse(System.Text.Encoding.UTF8.GetBytes(head.Note));

    // Of the last leaf below a tile of level 0; above, of the last leaf there is.
    private static long LastPosition(Tile tile, long size, IReadOnlyList<LogLeafRow> leaves) =>
        tile.Id.Level == 0 ? leaves[(int)(tile.Id.Index * Tile.MaxWidth + tile.Width - 1 - size)].Position : leaves[^1].Position;

    /// <summary>The key that signs; null: this gateway does not sign, and the state says why.</summary>
    private LogKeyFile? FindKey(IReadOnlyList<LogKeyRow> keys)
    {
        if (keys.Count == 0)
        {
            return _key = Begin();
        }

        var current = keys[^1].Verifier;
        if (_key?.Signer.Verifier.ToString() != current && LogKeyFile.ReadNext(_directory) is { } next)
        {
            // A rotation that was recorded before the gateway was stopped.
            if (next.Signer.Verifier.ToString() == current)
            {
                LogKeyFile.PromoteNext(_directory);
                _key?.Dispose();
                _key = next;
            }
            else
            {
                next.Dispose();
            }
        }

        if (_key?.Signer.Verifier.ToString() != current && LogKeyFile.Read(_directory) is { } file)
        {
            // An operator has copied the key of the gateway that signs.
            _key?.Dispose();
            _key = file;
        }

        if (_key?.Signer.Verifier.ToString() == current)
        {
            return _key;
        }

        var path = Path.Combine(_directory, LogKeyFile.FileName);
        Hinder(_key is null
            ? $"there is no {path}: copy it from the gateway that signs, or begin a new log with `guard audit restart`"
            : $"{path} is not the key that the log is signed with now: copy the one of the gateway that signs, or begin a new log with `guard audit restart`");
        return null;
    }

    // The first key of the first log. A file without a log is from a start that did not get further.
    private LogKeyFile Begin()
    {
        var key = _key ?? LogKeyFile.Make(NewOrigin(), []);
        _store.Write(write =>
        {
            LogStore.AddKey(write, new LogKeyRow { Number = 1, Verifier = key.Signer.Verifier.ToString() }, _clock.GetUtcNow().ToUnixTimeMilliseconds());
            key.Write(_directory);
        });
        LogBegun(key.Signer.Verifier.ToString());
        return key;
    }

    private bool TryRotate(string actor, string reason)
    {
        using var connection = _store.Connect();
        var keys = LogStore.Keys(connection);
        var head = LogStore.Head(connection);
        if (FindKey(keys) is not { } key || head is null)
        {
            throw new RefusedException(409, ProblemCodes.LogNotSigned, $"This gateway does not sign the log: {_state.Hindrance ?? "nothing was signed yet"}.");
        }

        var tiles = LogStore.Tiles(connection);
        CheckKnown(head, tiles);
        var next = LogKeyFile.Make(key.Origin, key.All);
        var step = new LogSequencer(key.Origin, [key.Signer, next.Signer], Trusted(key, keys)).Integrate(Note(head), tiles, []);
        var now = _clock.GetUtcNow();
        var verifier = next.Signer.Verifier.ToString();
        next.WriteNext(_directory);
        var row = head with { Note = step.Note.ToString(), SignedAt = now.ToUnixTimeMilliseconds() };
        if (!_store.TryStore(head, row, step, static _ => throw new InvalidOperationException("A step without leaves changes no tile."), write =>
        {
            LogStore.AddKey(write, new LogKeyRow { Number = keys[^1].Number + 1, Verifier = verifier, Endorsement = KeyEndorsement.Sign(next.Signer.Verifier, key.Signer).ToString() }, row.SignedAt);
            write.Record(AdministrationEvent.Of(_organisation, now, actor, "audit.rotate-key", $"audit key {next.Signer.Verifier.KeyId:x8}", $"{reason} (before: {key.Signer.Verifier.KeyId:x8})"));
        }))
        {
            next.Dispose();
            return false;
        }

        LogKeyFile.PromoteNext(_directory);
        _key = next;
        key.Dispose();
        Publish(step.Checkpoint, step.Note);
        return true;
    }

    private void Restart(string actor, string reason)
    {
        using var connection = _store.Connect();
        var keys = LogStore.Keys(connection);
        IEnumerable<VerifierKey> before = [.. _key?.All ?? [], .. keys.Select(static key => VerifierKey.Parse(key.Verifier))];
        var next = LogKeyFile.Make(NewOrigin(), [.. before.Distinct()]);
        var now = _clock.GetUtcNow();
        next.WriteNext(_directory);
        _store.Write(write =>
        {
            LogStore.ClearTree(write);
            LogStore.AddKey(write, new LogKeyRow { Number = keys.Count == 0 ? 1 : keys[^1].Number + 1, Verifier = next.Signer.Verifier.ToString() }, now.ToUnixTimeMilliseconds());
            write.Record(AdministrationEvent.Of(_organisation, now, actor, "audit.restart", next.Origin, $"{reason} (before: {_known?.Size ?? 0} events signed in {_key?.Origin ?? "a log whose key is lost"})"));
        });
        LogKeyFile.PromoteNext(_directory);
        _key?.Dispose();
        _key = next;
        _known = null;
        _unremembered = null;
        // The person who began anew knows what stands there.
        _unread.Clear();
        _state = new LogState { CompleteAt = now };
    }

    private string NewOrigin() => $"guard-audit/{_organisation}/{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}";

    private static IReadOnlyList<VerifierKey> Trusted(LogKeyFile key, IReadOnlyList<LogKeyRow> keys) => KeyEndorsement.Follow(
        key.All,
        keys.Where(static row => row.Endorsement is not null).Select(static row => SignedNote.Parse(System.Text.Encoding.UTF8.GetBytes(row.Endorsement!))));

    /// <summary>Reads each place once, before anything is signed: a store that is older than what stands there must not go on from where it is.</summary>
    private async Task ReadPlacesAsync(LogKeyFile key, CancellationToken cancellationToken)
    {
        while (_unread is [var place, ..])
        {
            if (await place.ReadAsync(cancellationToken) is { } note)
            {
                Know(note, key, place.Name);
            }

            _unread.RemoveAt(0);
        }
    }

    private void Know(SignedNote note, LogKeyFile key, string place)
    {
        if (note.VerifiedBy(key.All).Count == 0)
        {
            throw new ProofRefusedException($"{place} holds a checkpoint that no key of this log has signed. Publish in a place of this log's own");
        }

        var checkpoint = Checkpoint.Parse(note.Text);
        // A log that this one replaced says nothing about this one.
        if (checkpoint.Origin == key.Origin && checkpoint.Size > (_known?.Size ?? -1))
        {
            _known = checkpoint;
        }
    }

    private void CheckKnown(LogHeadRow? head, TileSource tiles)
    {
        if (_known is not { } known)
        {
            return;
        }

        if (known.Size > (head?.Size ?? 0))
        {
            throw new ProofRefusedException($"A checkpoint over {known.Size} events was signed, and the store's log has {head?.Size ?? 0}: the store was restored from a backup, or cut. Nothing is signed");
        }

        if (new TileReader(known.Size, tiles).Root() != known.Root)
        {
            throw new ProofRefusedException($"The stored tree of the first {known.Size} events is not the one that was signed: the store was changed. Nothing is signed");
        }
    }

    // INVARIANT (nothing behind the log's back): positions only grow, so where the log has passed, no leaf may appear. One with a
    // position far ahead would otherwise have all that follow it left out.
    private static void CheckTail(DbConnection connection, LogHeadRow? head)
    {
        if (head is null)
        {
            return;
        }

        var tile = (head.Size - 1) / Tile.MaxWidth;
        if (LogStore.CountOfTile(connection, tile, head.Position) != head.Size - tile * Tile.MaxWidth)
        {
            throw new ProofRefusedException("Events have appeared in the store where the log has passed, or are gone from there: the store was changed. Nothing is signed");
        }
    }

    private void Publish(Checkpoint checkpoint, SignedNote note)
    {
        _known = checkpoint;
        _unremembered = note;
        foreach (var publisher in _publishers)
        {
            publisher.Publish(new SignedHead(checkpoint.Size, note));
        }
    }

    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        if (_unremembered is { } note)
        {
            await _memory.PublishAsync(note, cancellationToken);
            _unremembered = null;
        }
    }

    // Without the key it can still be seen whether somebody signs.
    private void Watch(DbConnection connection, LogHeadRow? head)
    {
        var waiting = LogStore.Leaves(connection, head?.Position ?? 0, 1).Count > 0;
        _state = Signed(head) with { Hindrance = _state.Hindrance, CompleteAt = waiting ? _state.CompleteAt : _clock.GetUtcNow() };
    }

    private void Complete(LogHeadRow? head)
    {
        if (_state.Refusal is not null)
        {
            LogSignsAgain();
        }

        _state = Signed(head) with { CompleteAt = _clock.GetUtcNow() };
    }

    private LogState Signed(LogHeadRow? head) => new()
    {
        Origin = _key?.Origin,
        Size = head?.Size ?? 0,
        SignedAt = head is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(head.SignedAt),
        CompleteAt = _state.CompleteAt,
    };

    private void Refuse(string reason)
    {
        _metrics.Refused();
        if (_state.Refusal != reason)
        {
            LogRefused(reason);
        }

        _state = _state with { Refusal = reason, Hindrance = null };
    }

    private void Hinder(string reason)
    {
        if (_state.Hindrance != reason)
        {
            LogHindered(reason);
        }

        _state = _state with { Hindrance = reason };
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "The audit log begins; its key is {Key}")]
    private partial void LogBegun(string key);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Critical, Message = "The audit log is not signed: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning, Message = "The audit log is not signed by this gateway now: {Reason}")]
    private partial void LogHindered(string reason);

    [LoggerMessage(EventId = 7004, Level = LogLevel.Information, Message = "The audit log is signed again")]
    private partial void LogSignsAgain();

    [LoggerMessage(EventId = 7005, Level = LogLevel.Error, Message = "A step of the audit log failed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
