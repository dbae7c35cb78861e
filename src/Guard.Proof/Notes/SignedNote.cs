using System.Text;

namespace Guard.Proof.Notes;

/// <summary>A text with signatures (C2SP signed-note). What it says counts only when <see cref="VerifiedBy"/> names a key that is trusted.</summary>
public sealed class SignedNote
{
    /// <summary>More are refused; the specification demands 16 at least.</summary>
    public const int MaxSignatures = 100;

    private SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What is signed, with its final newline.</summary>
    public string Text { get; }

    /// <summary>At least one.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <exception cref="ProofFormatException">Not a signed note, or beyond a limit.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> utf8)
    {
        var note = NoteText.Decode(utf8, NoteText.MaxBytes, "note");
        var blank = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0 || !note.EndsWith('\n') || blank + 2 == note.Length)
        {
            throw new ProofFormatException("The note is not a text, an empty line and signature lines, each with its newline.");
        }

        var signatures = new List<NoteSignature>();
        foreach (var range in note.AsSpan(blank + 2, note.Length - blank - 3).Split('\n'))
        {
            if (signatures.Count == MaxSignatures)
            {
                throw new ProofFormatException($"The note has more than {MaxSignatures} signatures.");
            }

            signatures.Add(NoteSignature.Parse(note.AsSpan(blank + 2, note.Length - blank - 3)[range], signatures.Count + 1));
        }

        return new SignedNote(note[..(blank + 1)], signatures);
    }

    /// <summary>Signs with each key; while keys rotate, with the old one and the new.</summary>
    /// <exception cref="ProofFormatException">The text cannot be a note's.</exception>
    public static SignedNote Sign(string text, params IReadOnlyList<NoteSigner> signers)
    {
        if (signers.Count is 0 or > MaxSignatures)
        {
            throw new ArgumentException($"A note has 1 to {MaxSignatures} signatures, not {signers.Count}.", nameof(signers));
        }

        if (!text.EndsWith('\n'))
        {
            throw new ProofFormatException("The text of a note ends with a newline.");
        }

        NoteText.RefuseControls(text, "text");
        var bytes = NoteText.Encode(text);
        return new SignedNote(text, [.. signers.Select(signer => signer.Sign(bytes))]);
    }

    /// <summary>
    /// The keys whose signature is on the note. Signatures of unknown keys are passed over, so that keys can rotate and
    /// witnesses can add theirs.
    /// </summary>
    /// <exception cref="BadSignatureException">A signature in the name of a known key is not by that key: then nothing of the note counts.</exception>
    public IReadOnlyList<VerifierKey> VerifiedBy(IReadOnlyList<VerifierKey> keys)
    {
        var verified = new List<VerifierKey>();
        var text = NoteText.Encode(Text);
        foreach (var signature in Signatures)
        {
            foreach (var key in keys)
            {
                if (key.KeyId != signature.KeyId || !string.Equals(key.Name, signature.Name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (!key.Verify(text, signature.Bytes.Span))
                {
                    throw new BadSignatureException(key);
                }

                if (!verified.Contains(key))
                {
                    verified.Add(key);
                }
            }
        }

        return verified;
    }

    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
        {
            note.Append(signature).Append('\n');
        }

        return note.ToString();
    }
}
