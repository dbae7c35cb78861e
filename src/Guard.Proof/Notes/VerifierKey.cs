using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Guard.Proof.Notes;

/// <summary>
/// A public key that verifies notes: ECDSA on P-256 with SHA-256, signature type 0x02 of C2SP's signed-note. Its text is
/// <c>name+id+base64</c>, where id is 8 hexadecimal digits and the base64 is of the type byte and the key in SPKI form.
/// </summary>
public sealed record VerifierKey
{
    /// <summary>ECDSA, as the specification numbers signature types.</summary>
    public const byte EcdsaType = 0x02;

    private const string P256 = "1.2.840.10045.3.1.7";
    private const int MaxText = 1024;
    private const int MaxSpki = 256;
    private const int IdDigits = 8;

    private readonly byte[] _spki;

    private VerifierKey(string name, byte[] spki)
    {
        Name = name;
        _spki = spki;
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(spki));
    }

    public string Name { get; }

    /// <summary>For this signature type the first bytes of the SHA-256 of the key in SPKI form; the name is not part of it.</summary>
    public uint KeyId { get; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public ReadOnlyMemory<byte> Spki => _spki;

    /// <exception cref="ProofFormatException">No such key text, another signature type, another curve, or an id that is not the key's.</exception>
    public static VerifierKey Parse(string text)
    {
        if (text.Length > MaxText)
        {
            throw new ProofFormatException($"The verifier key has {text.Length} characters, more than {MaxText}.");
        }

        // The base64 can hold plus signs; the name and the id cannot.
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || !NoteText.IsName(parts[0]))
        {
            throw new ProofFormatException("A verifier key is a name without spaces, an id and the key, joined by plus signs.");
        }

        if (!StrictBase64.TryDecode(parts[2], 1 + MaxSpki, out var bytes) || bytes.Length < 2)
        {
            throw new ProofFormatException("The verifier key's last part is not the base64 of a key.");
        }

        if (bytes[0] != EcdsaType)
        {
            throw new ProofFormatException($"The verifier key has signature type 0x{bytes[0]:x2}; this version knows 0x{EcdsaType:x2} (ECDSA).");
        }

        var key = FromSpki(parts[0], bytes.AsSpan(1));
        if (!string.Equals(parts[1], key.KeyId.ToString("x8", CultureInfo.InvariantCulture), StringComparison.Ordinal))
        {
            throw new ProofFormatException($"The verifier key's id is not {IdDigits} hexadecimal digits that are the id of its key.");
        }

        return key;
    }

    /// <exception cref="ProofFormatException">The name cannot be a key's, or the bytes are no P-256 key in its one DER form.</exception>
    public static VerifierKey FromSpki(string name, ReadOnlySpan<byte> spki)
    {
        if (!NoteText.IsName(name))
        {
            throw new ProofFormatException("A key name is not empty and has no spaces, plus signs or control characters.");
        }

        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(spki, out var read);
            if (read == spki.Length
                && IsP256(ecdsa.ExportParameters(includePrivateParameters: false).Curve)
                && spki.SequenceEqual(ecdsa.ExportSubjectPublicKeyInfo()))
            {
                return new VerifierKey(name, spki.ToArray());
            }
        }
        catch (CryptographicException exception)
        {
            throw new ProofFormatException("The key is not an ECDSA public key on P-256.", exception);
        }

        throw new ProofFormatException("The key is not an ECDSA public key on P-256 in its shortest form.");
    }

    /// <param name="text">What was signed.</param>
    /// <param name="signature">The two integers of an ECDSA signature, in DER.</param>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_spki, out _);
        try
        {
            return ecdsa.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // The signature is not DER: it is not this key's.
            return false;
        }
    }

    public bool Equals(VerifierKey? other) => other is not null && string.Equals(Name, other.Name, StringComparison.Ordinal) && _spki.AsSpan().SequenceEqual(other._spki);

    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String([EcdsaType, .. _spki])}");

    // A curve given by its parameters has no name, and could be one made to be weak.
    private static bool IsP256(ECCurve curve) => curve.IsNamed && string.Equals(curve.Oid.Value, P256, StringComparison.Ordinal);
}
