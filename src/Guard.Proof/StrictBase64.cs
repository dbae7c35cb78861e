using System.Diagnostics.CodeAnalysis;

namespace Guard.Proof;

/// <summary>RFC 4648, section 4, in its one canonical spelling: no white space, padding present, unused bits zero. So a value has one text.</summary>
internal static class StrictBase64
{
    public static bool TryDecode(ReadOnlySpan<char> text, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 != 0 || text.Length / 4 * 3L > maxBytes + 2L)
        {
            return false;
        }

        var buffer = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64Chars(text, buffer, out var written) || written > maxBytes)
        {
            return false;
        }

        var decoded = buffer.AsSpan(0, written);
        if (!text.SequenceEqual(Convert.ToBase64String(decoded)))
        {
            return false;
        }

        bytes = decoded.ToArray();
        return true;
    }
}
