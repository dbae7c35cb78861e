using System.Security.Cryptography;
using System.Text;

namespace Guard.Redaction;

/// <summary>What stands in the place of a secret: <c>[erased:kind]</c>, with a key <c>[erased:kind:hmac:0123456789abcdef]</c>.</summary>
/// <remarks>With the key, equal secrets have equal marks and can be found again; without it, nothing of the secret is kept.</remarks>
public sealed class SecretMarker
{
    internal const string Start = "[erased:";

    /// <summary>Of a key, in bytes, at least.</summary>
    public const int MinKeyLength = 32;

    /// <summary>Of the mark, in bytes: 2^64 values are enough to tell secrets apart, and too few to be a hash of one.</summary>
    private const int MarkLength = 8;

    private readonly byte[]? _key;

    /// <param name="key">Null: no marks. At least <see cref="MinKeyLength"/> random bytes: whoever has it can test guesses.</param>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public SecretMarker(byte[]? key = null)
    {
        if (key is { Length: < MinKeyLength })
        {
            throw new ArgumentException($"A key for marks has at least {MinKeyLength} bytes, not {key.Length}.", nameof(key));
        }

        _key = key;
    }

    /// <summary>Where there is no one secret to know again.</summary>
    public static string Plain(string kind) => $"{Start}{kind}]";

    /// <summary>Whether the kind of a mark begins here: it can have words in it that name secrets.</summary>
    internal static bool IsKind(ReadOnlySpan<char> text, int at) => text[..at].EndsWith(Start, StringComparison.Ordinal);

    public string For(string kind, ReadOnlySpan<char> secret)
    {
        if (_key is null)
        {
            return Plain(kind);
        }

        var mark = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(secret.ToString()));
        return $"{Start}{kind}:hmac:{Convert.ToHexStringLower(mark.AsSpan(0, MarkLength))}]";
    }
}
