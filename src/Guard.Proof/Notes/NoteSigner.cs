using System.Security.Cryptography;

namespace Guard.Proof.Notes;

/// <summary>A private key that signs notes. Owns the key; safe for one thread at a time.</summary>
public sealed class NoteSigner : IDisposable
{
    private readonly ECDsa _key;

    /// <param name="name">Of the key in signature lines; for a log, its origin.</param>
    /// <param name="key">On P-256; disposed with this.</param>
    /// <exception cref="ProofFormatException">The name cannot be a key's, or the key is on another curve.</exception>
    public NoteSigner(string name, ECDsa key)
    {
        _key = key;
        Verifier = VerifierKey.FromSpki(name, key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>What verifies its signatures.</summary>
    public VerifierKey Verifier { get; }

    /// <summary>The private key, PKCS #8 in PEM, for a file that its owner alone can read.</summary>
    public string ExportPem() => _key.ExportPkcs8PrivateKeyPem();

    public void Dispose() => _key.Dispose();

    internal NoteSignature Sign(ReadOnlySpan<byte> text) =>
        new(Verifier.Name, Verifier.KeyId, _key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
}
