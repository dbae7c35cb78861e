using System.Text.Json;

namespace Guard.Proof.Json;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785): one byte string for everything that means the same JSON value.
/// </summary>
/// <remarks>
/// Strict as I-JSON (RFC 7493) demands: duplicate names, lone surrogates, invalid UTF-8 and numbers beyond a double are
/// refused, never repaired.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>The deepest nesting of arrays and objects.</summary>
    public const int MaxDepth = 128;

    /// <summary>The longest text, in bytes.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <param name="utf8">One JSON value.</param>
    /// <param name="numbers">What to do with a number whose value a double cannot hold.</param>
    /// <exception cref="ProofFormatException">Not JSON, or not I-JSON, or beyond a limit.</exception>
    public static byte[] From(ReadOnlySpan<byte> utf8, CanonicalNumbers numbers = CanonicalNumbers.Rounded)
    {
        using var output = new CanonicalBuffer(utf8.Length);
        Append(output, utf8, numbers);
        return output.Written.ToArray();
    }

    /// <summary>As <see cref="From"/>, behind what <paramref name="output"/> holds.</summary>
    internal static void Append(CanonicalBuffer output, ReadOnlySpan<byte> utf8, CanonicalNumbers numbers)
    {
        if (utf8.Length > MaxBytes)
        {
            throw new ProofFormatException($"The JSON text has {utf8.Length} bytes, more than {MaxBytes}.");
        }

        var reader = new Utf8JsonReader(utf8, s_options);
        try
        {
            reader.Read();
            new CanonicalWriter(output, numbers).WriteValue(ref reader);
            reader.Read();
        }
        catch (JsonException exception)
        {
            throw new ProofFormatException($"Not JSON at line {(exception.LineNumber ?? 0) + 1}, byte {(exception.BytePositionInLine ?? 0) + 1}.", exception);
        }
    }
}
