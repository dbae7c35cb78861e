namespace Guard.Proof;

/// <summary>A text is not in the form that its specification demands. The message is one line, says what and where, and quotes nothing of the text.</summary>
public sealed class ProofFormatException : FormatException
{
    public ProofFormatException(string message) : base(message)
    {
    }

    public ProofFormatException(string message, Exception inner) : base(message, inner)
    {
    }
}
