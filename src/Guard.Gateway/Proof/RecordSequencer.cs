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
    private readonly KnownHead _known;
    private readonly IReadOnlyList<CheckpointPublisher> _publishers;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly ILogger<RecordSequencer> _logger;
    private readonly SigningStatus _status;
    private readonly CancellationTokenSource _stop = new();

    // Steps, rotations and their like come one after the other.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _loop = Task.CompletedTask;

    // Used by whoever has the turn.
    private LogKeyFile? _key;

    public RecordSequencer(IDatabase database, string directory, string organisation, IReadOnlyList<CheckpointPublisher> publishers, ProofOptions options, Meter meter, TimeProvider clock, ILogger<RecordSequencer> logger)
    {
        _store = new LogStore(database);
        _directory = directory;
        _organisation = organisation;
        _known = new KnownHead(new CheckpointMemory(directory), publishers);
        _publishers = publishers;
        _interval = options.Interval;
        _clock = clock;
        _logger = logger;
        _status = new SigningStatus(meter, () => Publications, clock, logger);
        _key = LogKeyFile.Read(directory);
    }

    public LogState State => _status.State;

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

            await _known.RememberAsync(cancellationToken);
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
            _status.Refuse(exception.Message);
        }
        catch (Exception exception) when (exception is DbException or CheckpointPlaceException or GatewayStartException or IOException or UnauthorizedAccessException)
        {
            _status.Hinder(exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception);
            _status.Hinder($"the step failed ({exception.GetType().Name})");
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
            // Without the key it can still be seen whether somebody signs.
            _status.Watch(_key, head, isWaiting: LogStore.Leaves(connection, head?.Position ?? 0, 1).Count > 0);
            return false;
        }

        await _known.ReadPlacesAsync(key, cancellationToken);
        await _known.RememberAsync(cancellationToken);
        var tiles = LogStore.Tiles(connection);
        _known.Check(head, tiles);
        CheckTail(connection, head);
        var leaves = LogStore.Leaves(connection, head?.Position ?? 0, MaxLeaves);
        if (leaves.Count == 0)
        {
            _status.Complete(_key, head);
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

        _known.Publish(step.Checkpoint, step.Note);
        await _known.RememberAsync(cancellationToken);
        if (leaves.Count == MaxLeaves)
        {
            _status.Advance(_key, next);
            return true;
        }

        _status.Complete(_key, next);
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
        _status.Hinder(_key is null
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
            throw new RefusedException(409, ProblemCodes.LogNotSigned, $"This gateway does not sign the log: {State.Hindrance ?? "nothing was signed yet"}.");
        }

        var tiles = LogStore.Tiles(connection);
        _known.Check(head, tiles);
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
        _known.Publish(step.Checkpoint, step.Note);
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
            write.Record(AdministrationEvent.Of(_organisation, now, actor, "audit.restart", next.Origin, $"{reason} (before: {_known.Size} events signed in {_key?.Origin ?? "a log whose key is lost"})"));
        });
        LogKeyFile.PromoteNext(_directory);
        _key?.Dispose();
        _key = next;
        _known.Forget();
        _status.Restart();
    }

    private string NewOrigin() => $"guard-audit/{_organisation}/{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}";

    private static IReadOnlyList<VerifierKey> Trusted(LogKeyFile key, IReadOnlyList<LogKeyRow> keys) => KeyEndorsement.Follow(
        key.All,
        keys.Where(static row => row.Endorsement is not null).Select(static row => SignedNote.Parse(System.Text.Encoding.UTF8.GetBytes(row.Endorsement!))));

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

    [LoggerMessage(EventId = 7001, Level = LogLevel.Information, Message = "The audit log begins; its key is {Key}")]
    private partial void LogBegun(string key);

    [LoggerMessage(EventId = 7005, Level = LogLevel.Error, Message = "A step of the audit log failed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
