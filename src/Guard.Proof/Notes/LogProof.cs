using System.Globalization;
using System.Text;
using Guard.Proof.Tree;

namespace Guard.Proof.Notes;

/// <summary>A proof that a leaf is in a log, in one file that needs nothing else but the log's key (C2SP tlog-proof).</summary>
public sealed record LogProof
{
    /// <summary>By custom, with its point.</summary>
    public const string FileExtension = ".tlog-proof";

    /// <summary>Of the extra data, in bytes: an event with its salt.</summary>
    public const int MaxExtra = 8 << 20;

    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraStart = "extra ";
    private const string IndexStart = "index ";
    private const int MaxBytes = MaxExtra / 3 * 4 + NoteText.MaxBytes + (TreeProofs.MaxHashes + 4) * 64;

    /// <summary>Says what the leaf is made of. It is not part of what is proven: only what the leaf's hash covers is.</summary>
    public ReadOnlyMemory<byte>? Extra { get; init; }

    /// <summary>Of the leaf, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>From the leaf's sibling upwards.</summary>
    public required IReadOnlyList<MerkleHash> Hashes { get; init; }

    /// <summary>A checkpoint of the log, with its signatures.</summary>
    public required SignedNote Checkpoint { get; init; }

    /// <exception cref="ProofFormatException">Not such a file, or beyond a limit.</exception>
    public static LogProof Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            throw new ProofFormatException($"The proof has {utf8.Length} bytes, more than {MaxBytes}.");
        }

        var blank = utf8.IndexOf("\n\n"u8);
        if (blank < 0)
        {
            throw new ProofFormatException("The proof has no empty line between the inclusion proof and the checkpoint.");
        }

        var head = NoteText.Decode(utf8[..blank], MaxBytes, "proof").Split('\n', TreeProofs.MaxHashes + 4);
        var at = 0;
        if (!string.Equals(head[at++], FirstLine, StringComparison.Ordinal))
        {
            throw new ProofFormatException($"The proof does not begin with the line {FirstLine}.");
        }

        byte[]? extra = null;
        if (at < head.Length && head[at].StartsWith(ExtraStart, StringComparison.Ordinal) && !StrictBase64.TryDecode(head[at++].AsSpan(ExtraStart.Length), MaxExtra, out extra))
        {
            throw new ProofFormatException($"The extra data of the proof is not base64, or more than {MaxExtra} bytes.");
        }

        if (at >= head.Length || !head[at].StartsWith(IndexStart, StringComparison.Ordinal) || !Decimals.TryParse(head[at++].AsSpan(IndexStart.Length), out var index))
        {
            throw new ProofFormatException("The proof has no line `index` with the leaf's index, decimal digits without a leading zero.");
        }

        var hashes = new List<MerkleHash>();
        foreach (var line in head.AsSpan(at))
        {
            if (hashes.Count == TreeProofs.MaxHashes || !MerkleHash.TryParseBase64(line, out var hash))
            {
                throw new ProofFormatException($"Hash {hashes.Count + 1} of the proof is not the base64 of a hash, or there are more than {TreeProofs.MaxHashes}.");
            }

            hashes.Add(hash);
        }

        return new LogProof { Extra = extra is null ? null : new ReadOnlyMemory<byte>(extra), Index = index, Hashes = hashes, Checkpoint = SignedNote.Parse(utf8[(blank + 2)..]) };
    }

    /// <summary>Whether the leaf is where the proof says, in a head that the log signed.</summary>
    /// <param name="leafHash">Computed from the leaf itself, never taken from the file.</param>
    /// <param name="origin">Of the log that is meant.</param>
    /// <param name="keys">Of the log. A signature by any of them, in the log's name, is enough.</param>
    /// <returns>The signed head that holds the leaf.</returns>
    /// <exception cref="ProofRefusedException">It does not prove that; the message says why.</exception>
    /// <exception cref="BadSignatureException">The checkpoint was changed.</exception>
    /// <exception cref="ProofFormatException">What is signed is no checkpoint.</exception>
    public Checkpoint Verify(MerkleHash leafHash, string origin, IReadOnlyList<VerifierKey> keys)
    {
        var checkpoint = Notes.Checkpoint.Open(Checkpoint, origin, keys);
        return TreeProofs.VerifyInclusion(leafHash, Index, checkpoint.Size, Hashes, checkpoint.Root)
            ? checkpoint
            : throw new ProofRefusedException($"The proof does not lead from this leaf at index {Index} to the root of the checkpoint of size {checkpoint.Size}.");
    }

    public override string ToString()
    {
        var text = new StringBuilder(FirstLine).Append('\n');
        if (Extra is { } extra)
        {
            text.Append(ExtraStart).Append(Convert.ToBase64String(extra.Span)).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"{IndexStart}{Index}\n");
        foreach (var hash in Hashes)
        {
            text.Append(hash.ToBase64()).Append('\n');
        }

        return text.Append('\n').Append(Checkpoint).ToString();
    }
}
