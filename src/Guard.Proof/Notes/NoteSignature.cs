using System.Buffers.Binary;
using System.Globalization;

namespace Guard.Proof.Notes;

/// <summary>One signature line of a note. Name and id together say which key made it.</summary>
/// <param name="Name">Of the key.</param>
/// <param name="KeyId">Of the key; a short name, no strong hash.</param>
/// <param name="Bytes">What the key's algorithm made; not empty.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes)
{
    internal const string LineStart = "— ";

    private const int IdLength = 4;

    /// <summary>Without its newline.</summary>
    public override string ToString()
    {
        var bytes = new byte[IdLength + Bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Bytes.Span.CopyTo(bytes.AsSpan(IdLength));
        return string.Create(CultureInfo.InvariantCulture, $"{LineStart}{Name} {Convert.ToBase64String(bytes)}");
    }

    /// <param name="line">Without its newline.</param>
    /// <param name="number">Of the line among the signatures, from 1, for the message.</param>
    internal static NoteSignature Parse(ReadOnlySpan<char> line, int number)
    {
        if (!line.StartsWith(LineStart, StringComparison.Ordinal))
        {
            throw new ProofFormatException($"Signature line {number} does not begin with an em dash and a space.");
        }

        var rest = line[LineStart.Length..];
        var space = rest.IndexOf(' ');
        if (space < 0 || !NoteText.IsName(rest[..space]))
        {
            throw new ProofFormatException($"Signature line {number} has no key name and signature, separated by a space.");
        }

        if (!StrictBase64.TryDecode(rest[(space + 1)..], NoteText.MaxBytes, out var bytes) || bytes.Length <= IdLength)
        {
            throw new ProofFormatException($"Signature line {number} is not the base64 of a key id and a signature.");
        }

        return new NoteSignature(rest[..space].ToString(), BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(IdLength));
    }
}
