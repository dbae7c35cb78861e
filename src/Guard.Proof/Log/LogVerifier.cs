using Guard.Proof.Leaves;
using Guard.Proof.Tree;

namespace Guard.Proof.Log;

/// <summary>What verification says in the end.</summary>
/// <param name="Problem">The first thing found that is not as it was signed, in one line; null: everything is.</param>
/// <param name="Index">Of the event where it shows first, from 0; null: it is not at one event.</param>
/// <param name="Size">Events read.</param>
/// <param name="Erased">Of them without a body, by lawful erasure.</param>
/// <param name="Expired">Of them without a body, by retention.</param>
public sealed record LogVerdict(string? Problem, long? Index, long Size, long Erased, long Expired)
{
    public bool Holds => Problem is null;
}

/// <summary>
/// Recomputes a log from its events, one after another and in memory that does not grow with them, and holds it against signed
/// heads: at each head's size its root must be the one recomputed.
/// </summary>
/// <remarks>
/// With the tiles that the log stored beside the events, the first event that differs is named. Without them (or where they were
/// rewritten as well), a signed head still shows that something before it differs.
/// </remarks>
public sealed class LogVerifier
{
    private readonly CompactRange _range = new();
    private readonly Queue<(long Size, MerkleHash Root)> _heads;
    private readonly Func<long, MerkleHash?> _storedLeaf;
    private long _erased;
    private long _expired;
    private (string Problem, long? Index)? _first;
    private long _heldTo;

    /// <param name="heads">Size and root of checkpoints whose signatures were verified.</param>
    /// <param name="storedLeaf">The leaf hash that the log's tiles hold at an index; null: not known.</param>
    public LogVerifier(IEnumerable<(long Size, MerkleHash Root)> heads, Func<long, MerkleHash?> storedLeaf)
    {
        _heads = new Queue<(long Size, MerkleHash Root)>(heads.OrderBy(static head => head.Size));
        _storedLeaf = storedLeaf;
        CheckHeads();
    }

    /// <summary>Events so far; the index of the next.</summary>
    public long Size => _range.Size;

    /// <summary>Whether a problem was found already.</summary>
    public bool HasFailed => _first is not null;

    /// <summary>The next event of the log. After a problem was found, events are only counted.</summary>
    public void Add(StoredEvent stored) => Add(stored, stored.Leaf.Hash(), _storedLeaf(_range.Size), _first is null ? Contradiction(stored) : null);

    /// <summary>The same for who has done the costly part elsewhere.</summary>
    /// <param name="stored">The next event.</param>
    /// <param name="leafHash">Of its leaf.</param>
    /// <param name="logged">The leaf hash that the log's tiles hold there; null: not known.</param>
    /// <param name="contradiction">What <see cref="Contradiction"/> says of it.</param>
    public void Add(StoredEvent stored, MerkleHash leafHash, MerkleHash? logged, string? contradiction)
    {
        var index = _range.Size;
        if (logged is { } known && known != leafHash)
        {
            Fail($"Event {stored.Leaf.Id} stands at index {index}, where the log has another one: it was changed, inserted, or one before it was removed.", index);
        }
        else if (contradiction is not null)
        {
            Fail($"Event {stored.Leaf.Id} at index {index} {contradiction}.", index);
        }

        _erased += stored.State == BodyState.Erased ? 1 : 0;
        _expired += stored.State == BodyState.Expired ? 1 : 0;
        _range.Append(leafHash);
        CheckHeads();
    }

    /// <summary>After the last event.</summary>
    public LogVerdict Finish()
    {
        if (_heads.Count > 0)
        {
            var signed = _heads.Max(static head => head.Size);
            Fail($"There are {_range.Size} events, and a checkpoint was signed over {signed}: the last {signed - _range.Size} were removed.", _range.Size);
        }

        return new LogVerdict(_first?.Problem, _first?.Index, _range.Size, _erased, _expired);
    }

    /// <summary>What is found otherwise, at the next event. Only the first problem counts.</summary>
    /// <param name="problem">One line.</param>
    /// <param name="index">Where it shows; null: it is not at one event.</param>
    public void Fail(string problem, long? index) => _first ??= (problem, index);

    /// <summary>How an event contradicts its leaf, as the end of a sentence; null: the body is what the leaf commits to, or rightly gone.</summary>
    public static string? Contradiction(StoredEvent stored)
    {
        if (stored.State != BodyState.Present)
        {
            return stored.Json.IsEmpty ? null : "is said to have no body and has one";
        }

        if (stored.Json.IsEmpty || stored.Salt.Length != EventLeaf.SaltLength)
        {
            return "has no body or no salt: it was removed, and neither erased nor expired";
        }

        try
        {
            return EventLeaf.Commit(stored.Leaf.Id, stored.Json.Span, stored.Salt.Span).Commitment == stored.Leaf.Commitment ? null : "has a body that is not the one recorded: it was changed";
        }
        catch (ProofFormatException)
        {
            return "has a body that can never have been recorded: it was changed";
        }
    }

    private void CheckHeads()
    {
        while (_heads.TryPeek(out var head) && head.Size == _range.Size)
        {
            _heads.Dequeue();
            if (_range.Root() != head.Root)
            {
                Fail($"The first {head.Size} events are not those that a checkpoint was signed over: {(_heldTo == 0 ? "one of them" : $"one at an index from {_heldTo} to {head.Size - 1}")} was changed, inserted or removed, and the stored tree with it.", null);
            }
            else
            {
                _heldTo = head.Size;
            }
        }
    }
}
