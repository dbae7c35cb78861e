using System.Data.Common;
using System.Globalization;
using System.Text;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Proof;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Proof.Tree;
using Guard.Protocol;

namespace Guard.Gateway.Proof;

/// <summary>What the log can be asked: how it stands, proofs, lawful removal, new keys.</summary>
internal sealed class LogService(IDatabase database, RecordSequencer sequencer, RecordRetention retention, OrganisationRow organisation, TimeProvider clock)
{
    private const int MaxReason = 1_000;

    private readonly LogStore _store = new(database);

    public LogExport Export => new(database, _store);

    public LogInfo Info()
    {
        using var connection = _store.Connect();
        var head = LogStore.Head(connection);
        var keys = LogStore.Keys(connection);
        var state = sequencer.State;
        return new LogInfo
        {
            Origin = keys.Count == 0 ? null : VerifierKey.Parse(keys[^1].Verifier).Name,
            Size = head?.Size ?? 0,
            Checkpoint = head?.Note,
            SignedAt = head is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(head.SignedAt),
            CompleteAt = state.CompleteAt,
            Keys = [.. keys.Select(static key => new LogKeyInfo { Verifier = key.Verifier, Endorsement = key.Endorsement })],
            Refusal = state.Refusal,
            Hindrance = state.Hindrance,
            Publications = [.. sequencer.Publications.Select(static publication => new LogPublication { Place = publication.Place, Size = publication.Size, At = publication.At, Failure = publication.Failure })],
        };
    }

    /// <summary>That an event is in the log.</summary>
    /// <param name="eventId">As the record names it.</param>
    /// <param name="disclose">Whether the proof holds the event itself, if it has a body.</param>
    /// <exception cref="RefusedException">404: no such event. 409: it is not signed yet.</exception>
    public LogProof Prove(string eventId, bool disclose)
    {
        CheckId(eventId);
        return database.Read(connection =>
        {
            var leaf = _store.Leaf(connection, eventId) ?? throw Unknown(eventId);
            var head = LogStore.Head(connection);
            if (head is null || LogStore.IndexOf(connection, leaf.Position) is not { } index || index >= head.Size)
            {
                throw new RefusedException(409, ProblemCodes.EventUnsigned, "The event is not under a signed head yet; that takes about a second. `GET /v1/log` says whether heads are signed.");
            }

            var nodes = new TileReader(head.Size, LogStore.Tiles(connection));
            var body = disclose ? _store.Bodies(connection, leaf.Position - 1, leaf.Position).FirstOrDefault(row => row.Id == leaf.Id && row.Salt is not null) : null;
            var disclosure = new EventDisclosure
            {
                Leaf = leaf.ToLeaf() ?? throw new InvalidDataException($"The row at position {leaf.Position} is no leaf."),
                Salt = body?.Salt ?? default(ReadOnlyMemory<byte>),
                Json = body is null ? default : Encoding.UTF8.GetBytes(body.Body),
            };
            return new LogProof
            {
                Extra = disclosure.ToArray(),
                Index = index,
                Hashes = TreeProofs.Inclusion(index, head.Size, nodes.Node),
                Checkpoint = SignedNote.Parse(Encoding.UTF8.GetBytes(head.Note)),
            };
        });
    }

    /// <summary>Deletes the body of an event; that it was recorded, and that it was erased, stays.</summary>
    /// <exception cref="RefusedException">400: no reason. 404: no such event. 409: it has no body, or is of administration.</exception>
    public Erasure Erase(EraseRequest request, string actor)
    {
        CheckId(request.EventId);
        CheckReason(request.Reason);
        var now = clock.GetUtcNow();
        return database.Write(write =>
        {
            var leaf = _store.Leaf(write.Connection, request.EventId) ?? throw Unknown(request.EventId);
            var body = _store.Bodies(write.Connection, leaf.Position - 1, leaf.Position).FirstOrDefault(row => row.Id == leaf.Id);
            if (body is null || _store.ErasedBy(write.Connection, leaf.Id) is not null)
            {
                throw new RefusedException(409, ProblemCodes.EventErased, "The event has no body any more.");
            }

            if (body.Kind == AuditKinds.Administration)
            {
                throw new RefusedException(409, ProblemCodes.EventKept, "Events of administration are not erased: they say who changed what, and what was erased. They go at the end of their retention.");
            }

            var said = AdministrationEvent.Of(organisation.Name, now, actor, Wire.EraseOperation, leaf.Id, request.Reason);
            _store.Erase(write, leaf, said.Id, now.ToUnixTimeMilliseconds());
            // As long as what it erased would have been: it goes behind an expiry that covers both.
            write.Record(said, leaf.RetentionDays);
            return new Erasure { EventId = leaf.Id, ErasedBy = said.Id };
        });
    }

    /// <summary>Deletes the bodies of all months before one, of one retention or of all.</summary>
    /// <exception cref="RefusedException">400: no such month, or none that is over; no such retention.</exception>
    public Expiry Expire(ExpireRequest request, string actor)
    {
        CheckReason(request.Reason);
        // By the clock that the event is dated by: it must not lie in what it ends.
        var now = retention.Now();
        if (!DateTimeOffset.TryParseExact(request.Before, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var before) || before > now)
        {
            throw RefusedException.BadRequest("`before` must be the first month that is kept, as in 2026-03, and not one to come.");
        }

        var said = retention.Expire(before, ClassOf(request.Class), actor, request.Reason);
        if (said.Count == 0)
        {
            throw RefusedException.BadRequest($"Events from before {request.Before} have expired already.");
        }

        try
        {
            for (var i = 0; i < said.Count && retention.DropSome(); i++)
            {
                // What is deleted one by one goes one retention after the other.
            }
        }
        catch (DbException)
        {
            // The record says it; the bodies go with the next look of a gateway.
        }

        return new Expiry
        {
            Before = request.Before,
            Classes = [.. said.Select(static one => new ExpiredClass { Class = ClassText(one.RetentionDays), ExpiredBy = one.SaidBy })],
        };
    }

    /// <exception cref="RefusedException">400: no reason. 409: this gateway does not sign, or the store contradicts what was signed.</exception>
    public async Task<LogInfo> RotateAsync(LogKeyRequest request, string actor, CancellationToken cancellationToken)
    {
        CheckReason(request.Reason);
        try
        {
            await sequencer.RotateAsync(actor, request.Reason, cancellationToken);
        }
        catch (Exception exception) when (exception is ProofRefusedException or BadSignatureException or ProofFormatException)
        {
            throw new RefusedException(409, ProblemCodes.LogNotSigned, exception.Message);
        }

        return Info();
    }

    /// <exception cref="RefusedException">400: no reason.</exception>
    public async Task<LogInfo> RestartAsync(LogKeyRequest request, string actor, CancellationToken cancellationToken)
    {
        CheckReason(request.Reason);
        await sequencer.RestartAsync(actor, request.Reason, cancellationToken);
        await sequencer.CatchUpAsync(cancellationToken);
        return Info();
    }

    // Null: each that the record has. One that it has not is a slip of the pen.
    private int? ClassOf(string? stated)
    {
        if (stated is null or ExpireRequest.WithoutRetention)
        {
            return stated is null ? null : RetentionClass.None;
        }

        return int.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && ClassText(days) == stated && days != RetentionClass.None && retention.Has(days)
            ? days
            : throw RefusedException.BadRequest($"`class` must be `{ExpireRequest.WithoutRetention}`, or a number of days that events in the record are kept for.");
    }

    private static string ClassText(int days) => days == RetentionClass.None ? ExpireRequest.WithoutRetention : days.ToString(CultureInfo.InvariantCulture);

    private static void CheckId(string eventId)
    {
        if (!Ids.IsUuidV7(eventId))
        {
            throw RefusedException.BadRequest("The id of an event is a UUIDv7 in lower case, e.g. 01980f3e-7c20-7d11-8a5e-3f2b1c0d9e8f.");
        }
    }

    private static void CheckReason(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReason || reason.Contains('\0'))
        {
            throw RefusedException.BadRequest($"`reason` must have 1 to {MaxReason} characters: the record keeps it.");
        }
    }

    private static RefusedException Unknown(string eventId) => new(404, ProblemCodes.EventUnknown, $"No event {eventId} was ever recorded.");
}
