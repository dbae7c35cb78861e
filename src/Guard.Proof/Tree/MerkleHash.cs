using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Guard.Proof.Tree;

/// <summary>A SHA-256 value of the tree. The default value is all zeroes and is the hash of nothing known.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct MerkleHash : IEquatable<MerkleHash>
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <exception cref="ArgumentException">Not <see cref="Length"/> bytes.</exception>
    public MerkleHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A hash has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _high = MemoryMarshal.Read<UInt128>(bytes);
        _low = MemoryMarshal.Read<UInt128>(bytes[(Length / 2)..]);
    }

    public static bool operator ==(MerkleHash left, MerkleHash right) => left.Equals(right);

    public static bool operator !=(MerkleHash left, MerkleHash right) => !left.Equals(right);

    /// <summary>Base64 in its one canonical spelling, as the C2SP texts write hashes.</summary>
    public static bool TryParseBase64(ReadOnlySpan<char> text, out MerkleHash hash)
    {
        if (StrictBase64.TryDecode(text, Length, out var bytes) && bytes.Length == Length)
        {
            hash = new MerkleHash(bytes);
            return true;
        }

        hash = default;
        return false;
    }

    public void CopyTo(Span<byte> destination)
    {
        MemoryMarshal.Write(destination, in _high);
        MemoryMarshal.Write(destination[(Length / 2)..], in _low);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    public string ToBase64() => Convert.ToBase64String(ToArray());

    public bool Equals(MerkleHash other) => _high == other._high && _low == other._low;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MerkleHash other && Equals(other);

    public override int GetHashCode() => _high.GetHashCode();

    /// <summary>Hexadecimal, in lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
