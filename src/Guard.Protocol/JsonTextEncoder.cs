using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Guard.Protocol;

/// <summary>
/// Escapes in JSON what JSON requires (RFC 8259, section 7: quotation mark, backslash, U+0000 to U+001F) and nothing else. What is
/// not Unicode becomes U+FFFD.
/// </summary>
/// <remarks>
/// The platform's encoders go through all characters once when they are first used, which is a twentieth of what a hook does in its life.
/// </remarks>
public sealed class JsonTextEncoder : JavaScriptEncoder
{
    private const int LongestEscape = 6;

    private static readonly SearchValues<char> EscapedCharacters = SearchValues.Create(Escaped());
    private static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Escaped()));

    private JsonTextEncoder()
    {
    }

    /// <summary>The encoder; it has no state.</summary>
    public static JsonTextEncoder Instance { get; } = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\';

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) => FirstToEncode(new ReadOnlySpan<char>(text, textLength));

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text)
    {
        var first = utf8Text.IndexOfAny(EscapedBytes);
        return Utf8.IsValid(first < 0 ? utf8Text : utf8Text[..first]) ? first : base.FindFirstCharacterToEncodeUtf8(utf8Text);
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        TryWrite(new Rune(unicodeScalar), new Span<char>(buffer, bufferLength), out numberOfCharactersWritten);

    /// <inheritdoc/>
    public override OperationStatus Encode(ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true)
    {
        charsConsumed = charsWritten = 0;
        while (true)
        {
            var rest = source[charsConsumed..];
            var first = FirstToEncode(rest);
            var plain = first < 0 ? rest : rest[..first];
            var fitting = Math.Min(plain.Length, destination.Length - charsWritten);
            plain[..fitting].CopyTo(destination[charsWritten..]);
            charsConsumed += fitting;
            charsWritten += fitting;
            if (fitting < plain.Length) return OperationStatus.DestinationTooSmall;
            if (first < 0) return OperationStatus.Done;

            if (Rune.DecodeFromUtf16(rest[first..], out var rune, out var consumed) == OperationStatus.NeedMoreData && !isFinalBlock) return OperationStatus.NeedMoreData;
            if (!TryWrite(rune, destination[charsWritten..], out var written)) return OperationStatus.DestinationTooSmall;
            charsConsumed += consumed;
            charsWritten += written;
        }
    }

    /// <inheritdoc/>
    public override OperationStatus EncodeUtf8(ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true)
    {
        bytesConsumed = bytesWritten = 0;
        Span<char> escape = stackalloc char[LongestEscape];
        Span<byte> encoded = stackalloc byte[LongestEscape];
        while (true)
        {
            var rest = utf8Source[bytesConsumed..];
            var first = FindFirstCharacterToEncodeUtf8(rest);
            var plain = first < 0 ? rest : rest[..first];
            var fitting = Math.Min(plain.Length, utf8Destination.Length - bytesWritten);
            // Never in the middle of a character.
            while (fitting > 0 && fitting < plain.Length && (plain[fitting] & 0xC0) == 0x80) fitting--;
            plain[..fitting].CopyTo(utf8Destination[bytesWritten..]);
            bytesConsumed += fitting;
            bytesWritten += fitting;
            if (fitting < plain.Length) return OperationStatus.DestinationTooSmall;
            if (first < 0) return OperationStatus.Done;

            if (Rune.DecodeFromUtf8(rest[first..], out var rune, out var consumed) == OperationStatus.NeedMoreData && !isFinalBlock) return OperationStatus.NeedMoreData;
            TryWrite(rune, escape, out var characters);
            var length = Encoding.UTF8.GetBytes(escape[..characters], encoded);
            if (!encoded[..length].TryCopyTo(utf8Destination[bytesWritten..])) return OperationStatus.DestinationTooSmall;
            bytesConsumed += consumed;
            bytesWritten += length;
        }
    }

    /// <summary>The first character that is not copied as it is; surrogates are looked at one by one.</summary>
    private static int FirstToEncode(ReadOnlySpan<char> text)
    {
        var first = text.IndexOfAny(EscapedCharacters);
        var surrogate = (first < 0 ? text : text[..first]).IndexOfAnyInRange('\uD800', '\uDFFF');
        return surrogate < 0 ? first : surrogate;
    }

    private static bool TryWrite(Rune rune, Span<char> destination, out int written)
    {
        if (rune.Value is not (< 0x20 or '"' or '\\')) return rune.TryEncodeToUtf16(destination, out written);
        Span<char> escape = stackalloc char[LongestEscape];
        written = rune.Value switch
        {
            '"' => Short('"', escape),
            '\\' => Short('\\', escape),
            '\n' => Short('n', escape),
            '\r' => Short('r', escape),
            '\t' => Short('t', escape),
            _ => Long(rune.Value, escape),
        };
        if (escape[..written].TryCopyTo(destination)) return true;
        written = 0;
        return false;
    }

    private static int Short(char letter, Span<char> escape)
    {
        escape[0] = '\\';
        escape[1] = letter;
        return 2;
    }

    private static int Long(int control, Span<char> escape)
    {
        "\\u00".CopyTo(escape);
        escape[4] = (char)('0' + (control >> 4));
        escape[5] = "0123456789ABCDEF"[control & 0xF];
        return LongestEscape;
    }

    private static string Escaped()
    {
        Span<char> escaped = stackalloc char[34];
        for (var i = 0; i < 32; i++) escaped[i] = (char)i;
        escaped[32] = '"';
        escaped[33] = '\\';
        return escaped.ToString();
    }
}
