using System.Globalization;
using System.Text;
using Guard.Proof.Tree;

namespace Guard.Proof.Notes;

/// <summary>A head of the log's tree, as the text of a note (C2SP tlog-checkpoint).</summary>
public sealed record Checkpoint
{
    private const int MaxExtensions = 16;

    /// <summary>Which log; unique, not empty.</summary>
    public required string Origin { get; init; }

    /// <summary>In leaves.</summary>
    public required long Size { get; init; }

    public required MerkleHash Root { get; init; }

    /// <summary>Opaque lines after the three; none in what this product writes.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <param name="text">Of a note, with its final newline.</param>
    /// <exception cref="ProofFormatException">Not a checkpoint's text.</exception>
    public static Checkpoint Parse(string text)
    {
        if (!text.EndsWith('\n'))
        {
            throw new ProofFormatException("The checkpoint does not end with a newline.");
        }

        var lines = text[..^1].Split('\n', 3 + MaxExtensions + 1);
        if (lines.Length is < 3 or > 3 + MaxExtensions || Array.Exists(lines, static line => line.Length == 0))
        {
            throw new ProofFormatException($"A checkpoint is 3 lines and at most {MaxExtensions} more, none of them empty.");
        }

        if (!Decimals.TryParse(lines[1], out var size))
        {
            throw new ProofFormatException("Line 2 of the checkpoint is not a tree size: decimal digits without a leading zero, at most 2^63 - 1.");
        }

        if (!MerkleHash.TryParseBase64(lines[2], out var root))
        {
            throw new ProofFormatException("Line 3 of the checkpoint is not the base64 of a root hash.");
        }

        if (size == 0 && root != TreeHasher.Empty)
        {
            throw new ProofFormatException("The checkpoint is of an empty tree, and its root is not that of the empty tree.");
        }

        return new Checkpoint { Origin = lines[0], Size = size, Root = root, Extensions = lines[3..] };
    }

    /// <summary>What a checkpoint says, once a key of the log has signed it.</summary>
    /// <exception cref="ProofRefusedException">No known key signed it, or it is another log's.</exception>
    /// <exception cref="BadSignatureException">The checkpoint was changed.</exception>
    /// <exception cref="ProofFormatException">What is signed is no checkpoint.</exception>
    public static Checkpoint Open(SignedNote note, string origin, IReadOnlyList<VerifierKey> keys)
    {
        if (note.VerifiedBy(keys).Count == 0)
        {
            throw new ProofRefusedException("The checkpoint has no signature of a key that is known.");
        }

        var checkpoint = Parse(note.Text);
        return string.Equals(checkpoint.Origin, origin, StringComparison.Ordinal)
            ? checkpoint
            : throw new ProofRefusedException("The checkpoint is of another log.");
    }

    /// <summary>The text to sign.</summary>
    /// <exception cref="ProofFormatException">The origin or an extension cannot be a line.</exception>
    public string ToText()
    {
        if (Extensions.Count > MaxExtensions || Size < 0 || !IsLine(Origin) || !Extensions.All(IsLine))
        {
            throw new ProofFormatException($"A checkpoint has an origin, a size and at most {MaxExtensions} further lines, none empty or with control characters.");
        }

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Root.ToBase64()}\n");
        foreach (var line in Extensions)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsLine(string text) => text.Length > 0 && !text.Any(char.IsControl);
}
