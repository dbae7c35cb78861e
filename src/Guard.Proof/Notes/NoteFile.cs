namespace Guard.Proof.Notes;

/// <summary>
/// Notes one after another in a file that only grows, each followed by an empty line. A note that was cut while it was
/// written is passed over; none of its text can become part of another.
/// </summary>
public static class NoteFile
{
    private const string Blank = "\n\n";

    /// <summary>What is appended for a note.</summary>
    public static string Entry(SignedNote note) => note + "\n";

    /// <summary>The whole notes in a text, in order. Only notes whose own text has no empty line, as checkpoints and endorsements.</summary>
    public static IEnumerable<SignedNote> Read(string text)
    {
        var before = "";
        foreach (var block in text.ReplaceLineEndings("\n").Split(Blank))
        {
            var trimmed = block.Trim('\n');
            if (before.Length > 0 && trimmed.StartsWith(NoteSignature.LineStart, StringComparison.Ordinal) && TryParse($"{before}{Blank}{trimmed}\n") is { } note)
            {
                yield return note;
                before = "";
                continue;
            }

            before = trimmed;
        }
    }

    private static SignedNote? TryParse(string text)
    {
        try
        {
            return SignedNote.Parse(NoteText.Encode(text));
        }
        catch (ProofFormatException)
        {
            // Cut in its signatures.
            return null;
        }
    }
}
