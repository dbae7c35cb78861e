namespace Guard.Proof.Notes;

/// <summary>A well-formed proof or checkpoint that does not prove what was asked. The message is one line and quotes nothing of the file.</summary>
public sealed class ProofRefusedException(string message) : Exception(message);
