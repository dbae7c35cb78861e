using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Guard.Proof.Json;

/// <summary>Bytes that grow at the end, and whose last part can be put into another order.</summary>
/// <remarks>Its memory is borrowed, so what was written is gone with <see cref="Dispose"/>.</remarks>
internal sealed class CanonicalBuffer(int capacity) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 64));

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    public void Append(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void AppendAscii(string text) => Length += Encoding.ASCII.GetBytes(text, Room(text.Length));

    /// <param name="plain">UTF-8 of which RFC 8785 escapes nothing.</param>
    public void AppendPlain(ReadOnlySpan<byte> plain)
    {
        var room = Room(plain.Length + 2);
        room[0] = (byte)'"';
        plain.CopyTo(room[1..]);
        room[plain.Length + 1] = (byte)'"';
        Length += plain.Length + 2;
    }

    /// <summary>RFC 8785, 3.2.2.2: only quotation mark, backslash and control characters are escaped, in their shortest form.</summary>
    public void AppendString(string text)
    {
        Append((byte)'"');
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var plain = IndexOfEscaped(rest);
            var run = plain < 0 ? rest : rest[..plain];
            Length += Encoding.UTF8.GetBytes(run, Room(run.Length * 3));
            if (plain < 0)
            {
                break;
            }

            AppendEscaped(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        Append((byte)'"');
    }

    /// <summary>The first eight bytes of a text as a number, so that numbers are ordered as the texts are. A shorter one is followed by zeroes, which no JSON text holds.</summary>
    public ulong Beginning(int from, int length)
    {
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        if (_bytes.Length - from >= padded.Length)
        {
            var read = BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(from));
            return length >= padded.Length ? read : length == 0 ? 0 : read & (ulong.MaxValue << (8 * (padded.Length - length)));
        }

        padded.Clear();
        _bytes.AsSpan(from, Math.Min(length, padded.Length)).CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    /// <summary>Puts the members, which lie one after another from <paramref name="start"/> on with a byte between, into the given order with commas between.</summary>
    public void Rearrange(int start, ReadOnlySpan<Member> members)
    {
        var length = Length - start;
        var unordered = ArrayPool<byte>.Shared.Rent(length);
        _bytes.AsSpan(start, length).CopyTo(unordered);
        Length = start;
        for (var i = 0; i < members.Length; i++)
        {
            if (i > 0)
            {
                Append((byte)',');
            }

            Append(unordered.AsSpan(members[i].From - start, members[i].Length));
        }

        ArrayPool<byte>.Shared.Return(unordered);
    }

    private static int IndexOfEscaped(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or '"' or '\\')
            {
                return i;
            }
        }

        return -1;
    }

    private void AppendEscaped(char character)
    {
        switch (character)
        {
            case '"':
                Append("\\\""u8);
                break;
            case '\\':
                Append("\\\\"u8);
                break;
            case '\b':
                Append("\\b"u8);
                break;
            case '\f':
                Append("\\f"u8);
                break;
            case '\n':
                Append("\\n"u8);
                break;
            case '\r':
                Append("\\r"u8);
                break;
            case '\t':
                Append("\\t"u8);
                break;
            default:
                Append("\\u00"u8);
                Append((byte)"0123456789abcdef"[character >> 4]);
                Append((byte)"0123456789abcdef"[character & 15]);
                break;
        }
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)Length + count)));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }
}
