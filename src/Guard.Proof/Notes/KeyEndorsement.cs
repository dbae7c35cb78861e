namespace Guard.Proof.Notes;

/// <summary>
/// How a log changes its key: a note in which the key before names the one after it. Who trusts the first key can follow the
/// notes to the newest.
/// </summary>
public static class KeyEndorsement
{
    private const string FirstLine = "guard.audit.key.v1\n";

    /// <exception cref="ProofFormatException">The keys are of two logs.</exception>
    public static SignedNote Sign(VerifierKey next, NoteSigner previous) =>
        string.Equals(next.Name, previous.Verifier.Name, StringComparison.Ordinal)
            ? SignedNote.Sign($"{FirstLine}{next}\n", previous)
            : throw new ProofFormatException("A log's key vouches for keys of the same log only.");

    /// <summary>The key that a note names; what it says counts only when a trusted key signed the note.</summary>
    /// <exception cref="ProofFormatException">The note is no endorsement.</exception>
    public static VerifierKey Parse(SignedNote endorsement) =>
        endorsement.Text.StartsWith(FirstLine, StringComparison.Ordinal)
            ? VerifierKey.Parse(endorsement.Text[FirstLine.Length..^1])
            : throw new ProofFormatException("The note names no key of a log.");

    /// <param name="trusted">Known to be the log's by other ways.</param>
    /// <param name="endorsements">In the order of the rotations. Those that no key so far has signed are passed over.</param>
    /// <returns>The trusted keys, and those that they vouch for, directly or not.</returns>
    /// <exception cref="BadSignatureException">An endorsement was changed.</exception>
    /// <exception cref="ProofFormatException">A signed endorsement names no key.</exception>
    public static IReadOnlyList<VerifierKey> Follow(IReadOnlyList<VerifierKey> trusted, IEnumerable<SignedNote> endorsements)
    {
        var known = new List<VerifierKey>(trusted);
        foreach (var endorsement in endorsements)
        {
            if (endorsement.VerifiedBy(known) is not [var by, ..])
            {
                continue;
            }

            var next = Parse(endorsement);
            if (string.Equals(next.Name, by.Name, StringComparison.Ordinal) && !known.Contains(next))
            {
                known.Add(next);
            }
        }

        return known;
    }
}
