using System.Text;

namespace Guard.Proof.Notes;

/// <summary>The rules of C2SP's signed-note for texts and key names.</summary>
internal static class NoteText
{
    /// <summary>Of a whole note, in bytes: room for 100 signatures of any kind.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>In characters. The specification has no limit; names are made to look like URLs.</summary>
    private const int MaxName = 512;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ProofFormatException">Too long, not UTF-8, or with control characters other than newline.</exception>
    public static string Decode(ReadOnlySpan<byte> utf8, int maxBytes, string what)
    {
        if (utf8.Length > maxBytes)
        {
            throw new ProofFormatException($"The {what} has {utf8.Length} bytes, more than {maxBytes}.");
        }

        try
        {
            var text = s_strict.GetString(utf8);
            RefuseControls(text, what);
            return text;
        }
        catch (DecoderFallbackException exception)
        {
            throw new ProofFormatException($"The {what} is not UTF-8.", exception);
        }
    }

    /// <exception cref="ProofFormatException">It has a lone surrogate, so that no UTF-8 says it.</exception>
    public static byte[] Encode(string text)
    {
        try
        {
            return s_strict.GetBytes(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ProofFormatException("The text has a lone surrogate.", exception);
        }
    }

    public static void RefuseControls(string text, string what)
    {
        foreach (var character in text)
        {
            if (character is < ' ' and not '\n')
            {
                throw new ProofFormatException($"The {what} has a control character other than newline.");
            }
        }
    }

    /// <summary>Not empty, no space of any kind, no plus; and no control character, as a name is printed.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxName)
        {
            return false;
        }

        foreach (var character in name)
        {
            if (character == '+' || char.IsWhiteSpace(character) || char.IsControl(character))
            {
                return false;
            }
        }

        return true;
    }
}
