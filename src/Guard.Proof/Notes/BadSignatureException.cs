namespace Guard.Proof.Notes;

/// <summary>A note has a signature in the name of a known key which that key did not make.</summary>
public sealed class BadSignatureException(VerifierKey key)
    : Exception($"The signature in the name of {key.Name} (key {key.KeyId:x8}) is not by that key: the text was changed, or the signature forged.")
{
    public VerifierKey Key { get; } = key;
}
