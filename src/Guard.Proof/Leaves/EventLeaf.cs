using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Guard.Proof.Json;
using Guard.Proof.Tree;

namespace Guard.Proof.Leaves;

/// <summary>
/// What the log holds of an event: its id, how long it is kept, and a commitment to its JSON, hidden by a salt. With body and salt
/// it proves the body; without them (erased, expired) it still proves that an event of this id was recorded then, to be kept so long,
/// and nothing of its content.
/// </summary>
/// <remarks>
/// All bytes; numbers are big endian. Format 1 is of events that are kept until somebody ends it, format 2 of those with a retention:
/// <code>
/// commitment = SHA-256( "guard.audit.event.v1" 0x00 || salt (32) || canonical JSON (RFC 8785) of the event )
/// leaf data  = 0x01 || event id (16, as its text has them) || commitment (32)
///            | 0x02 || event id (16) || days (2, from 1 to 36,500) || commitment (32)
/// leaf hash  = SHA-256( 0x00 || leaf data )                               RFC 6962
/// </code>
/// Domain and salt have fixed lengths, so that no two inputs run together. Numbers must be exact, so that no two events have one form.
/// The days stand in the leaf, so that nobody can pass a removal off as the expiry of a shorter retention.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EventLeaf
{
    /// <summary>In bytes; random, one for each event, stored with its body and erased with it.</summary>
    public const int SaltLength = 32;

    /// <summary>The longest retention, in days.</summary>
    public const int MaxRetentionDays = 36_500;

    /// <summary>Of the longest leaf data, in bytes.</summary>
    public const int MaxDataLength = 1 + IdLength + DaysLength + MerkleHash.Length;

    private const byte WithoutRetention = 1;
    private const byte WithRetention = 2;
    private const int IdLength = 16;
    private const int DaysLength = 2;

    private static ReadOnlySpan<byte> Domain => "guard.audit.event.v1\0"u8;

    /// <summary>Of the event; a UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>How many days the event is kept, from 1 to <see cref="MaxRetentionDays"/>; 0: until somebody ends it.</summary>
    public int RetentionDays { get; init; }

    public required MerkleHash Commitment { get; init; }

    /// <summary>Of <see cref="ToArray"/>, in bytes.</summary>
    public int DataLength => RetentionDays == 0 ? MaxDataLength - DaysLength : MaxDataLength;

    /// <param name="id">Of the event.</param>
    /// <param name="json">The event as stored, in UTF-8; its spelling does not matter, its meaning does.</param>
    /// <param name="salt"><see cref="SaltLength"/> random bytes.</param>
    /// <param name="retentionDays">See <see cref="RetentionDays"/>.</param>
    /// <exception cref="ProofFormatException">The JSON has no exact canonical form.</exception>
    /// <exception cref="ArgumentException">The salt has another length.</exception>
    public static EventLeaf Commit(Guid id, ReadOnlySpan<byte> json, ReadOnlySpan<byte> salt, int retentionDays = 0)
    {
        if (salt.Length != SaltLength)
        {
            throw new ArgumentException($"A salt has {SaltLength} bytes, not {salt.Length}.", nameof(salt));
        }

        using var committed = new CanonicalBuffer(Domain.Length + SaltLength + json.Length);
        committed.Append(Domain);
        committed.Append(salt);
        CanonicalJson.Append(committed, json, CanonicalNumbers.Exact);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(committed.Written, hash);
        return new EventLeaf { Id = id, RetentionDays = retentionDays, Commitment = new MerkleHash(hash) };
    }

    /// <summary>How long the leaf data is that begins like this; what is behind it is something else.</summary>
    /// <exception cref="ProofFormatException">It is of no known format, or shorter than that.</exception>
    public static int LengthOf(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            throw new ProofFormatException("A leaf cannot be empty.");
        }

        var length = data[0] switch
        {
            WithoutRetention => MaxDataLength - DaysLength,
            WithRetention => MaxDataLength,
            var other => throw new ProofFormatException($"The leaf has format {other}; this version knows {WithoutRetention} and {WithRetention}."),
        };
        return data.Length >= length ? length : throw new ProofFormatException($"A leaf of format {data[0]} has {length} bytes, not {data.Length}.");
    }

    /// <exception cref="ProofFormatException">Another length or format, or a retention that there cannot be.</exception>
    public static EventLeaf Parse(ReadOnlySpan<byte> data)
    {
        var length = LengthOf(data);
        if (data.Length != length)
        {
            throw new ProofFormatException($"A leaf of format {data[0]} has {length} bytes, not {data.Length}.");
        }

        var days = data[0] == WithoutRetention ? 0 : BinaryPrimitives.ReadUInt16BigEndian(data[(1 + IdLength)..]);
        // No two spellings of one leaf: what has none is of format 1.
        if (data[0] == WithRetention && days is 0 or > MaxRetentionDays)
        {
            throw new ProofFormatException($"The leaf has a retention of {days} days; it must be from 1 to {MaxRetentionDays}.");
        }

        return new EventLeaf { Id = new Guid(data.Slice(1, IdLength), bigEndian: true), RetentionDays = days, Commitment = new MerkleHash(data[^MerkleHash.Length..]) };
    }

    /// <summary>The bytes that the tree is made over.</summary>
    /// <exception cref="InvalidOperationException">The retention is none that there can be.</exception>
    public byte[] ToArray()
    {
        if (RetentionDays is < 0 or > MaxRetentionDays)
        {
            throw new InvalidOperationException($"A retention has 1 to {MaxRetentionDays} days, or 0 for none, not {RetentionDays}.");
        }

        var data = new byte[DataLength];
        data[0] = RetentionDays == 0 ? WithoutRetention : WithRetention;
        Id.TryWriteBytes(data.AsSpan(1), bigEndian: true, out _);
        if (RetentionDays > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(1 + IdLength), (ushort)RetentionDays);
        }

        Commitment.CopyTo(data.AsSpan(data.Length - MerkleHash.Length));
        return data;
    }

    public MerkleHash Hash() => TreeHasher.Leaf(ToArray());
}
