using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Guard.Proof.Json;
using Guard.Proof.Tree;

namespace Guard.Proof.Leaves;

/// <summary>
/// What the log holds of an event: its id and a commitment to its JSON, hidden by a salt. With body and salt it proves the
/// body; without them (erased, expired) it still proves that an event of this id was recorded then, and nothing of its content.
/// </summary>
/// <remarks>
/// Format 1, all bytes:
/// <code>
/// commitment = SHA-256( "guard.audit.event.v1" 0x00 || salt (32) || canonical JSON (RFC 8785) of the event )
/// leaf data  = 0x01 || event id (16, as its text has them) || commitment (32)
/// leaf hash  = SHA-256( 0x00 || leaf data )                               RFC 6962
/// </code>
/// Domain and salt have fixed lengths, so that no two inputs run together. Numbers must be exact, so that no two events have one form.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EventLeaf
{
    /// <summary>The only one so far; the first byte of the leaf data.</summary>
    public const byte Format = 1;

    /// <summary>In bytes; random, one for each event, stored with its body and erased with it.</summary>
    public const int SaltLength = 32;

    /// <summary>In bytes.</summary>
    public const int DataLength = 1 + IdLength + MerkleHash.Length;

    private const int IdLength = 16;

    private static ReadOnlySpan<byte> Domain => "guard.audit.event.v1\0"u8;

    /// <summary>Of the event; a UUIDv7.</summary>
    public required Guid Id { get; init; }

    public required MerkleHash Commitment { get; init; }

    /// <param name="id">Of the event.</param>
    /// <param name="json">The event as stored, in UTF-8; its spelling does not matter, its meaning does.</param>
    /// <param name="salt"><see cref="SaltLength"/> random bytes.</param>
    /// <exception cref="ProofFormatException">The JSON has no exact canonical form.</exception>
    /// <exception cref="ArgumentException">The salt has another length.</exception>
    public static EventLeaf Commit(Guid id, ReadOnlySpan<byte> json, ReadOnlySpan<byte> salt)
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
        return new EventLeaf { Id = id, Commitment = new MerkleHash(hash) };
    }

    /// <exception cref="ProofFormatException">Another length or format.</exception>
    public static EventLeaf Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length != DataLength)
        {
            throw new ProofFormatException($"A leaf has {DataLength} bytes, not {data.Length}.");
        }

        if (data[0] != Format)
        {
            throw new ProofFormatException($"The leaf has format {data[0]}; this version knows {Format}.");
        }

        return new EventLeaf { Id = new Guid(data.Slice(1, IdLength), bigEndian: true), Commitment = new MerkleHash(data[(1 + IdLength)..]) };
    }

    /// <summary>The bytes that the tree is made over.</summary>
    public byte[] ToArray()
    {
        var data = new byte[DataLength];
        data[0] = Format;
        Id.TryWriteBytes(data.AsSpan(1), bigEndian: true, out _);
        Commitment.CopyTo(data.AsSpan(1 + IdLength));
        return data;
    }

    public MerkleHash Hash() => TreeHasher.Leaf(ToArray());
}
