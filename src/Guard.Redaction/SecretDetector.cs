namespace Guard.Redaction;

/// <summary>Adds the secrets of one kind that stand in a text. What it throws is a failure: the whole text is then erased.</summary>
public delegate void SecretDetector(ReadOnlySpan<char> text, SecretFindings findings);
