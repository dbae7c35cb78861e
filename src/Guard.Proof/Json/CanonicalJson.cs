using System.Globalization;
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
        if (utf8.Length > MaxBytes)
        {
            throw new ProofFormatException($"The JSON text has {utf8.Length} bytes, more than {MaxBytes}.");
        }

        var reader = new Utf8JsonReader(utf8, s_options);
        var output = new CanonicalBuffer(utf8.Length);
        try
        {
            reader.Read();
            WriteValue(ref reader, output, numbers);
            reader.Read();
        }
        catch (JsonException exception)
        {
            throw new ProofFormatException($"Not JSON at line {(exception.LineNumber ?? 0) + 1}, byte {(exception.BytePositionInLine ?? 0) + 1}.", exception);
        }

        return output.Written.ToArray();
    }

    private static void WriteValue(ref Utf8JsonReader reader, CanonicalBuffer output, CanonicalNumbers numbers)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                WriteObject(ref reader, output, numbers);
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader, output, numbers);
                break;
            case JsonTokenType.String:
                output.AppendString(Text(ref reader));
                break;
            case JsonTokenType.Number:
                WriteNumber(ref reader, output, numbers);
                break;
            default:
                // true, false and null have one spelling.
                output.Append(reader.ValueSpan);
                break;
        }
    }

    private static void WriteArray(ref Utf8JsonReader reader, CanonicalBuffer output, CanonicalNumbers numbers)
    {
        output.Append((byte)'[');
        var first = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!first)
            {
                output.Append((byte)',');
            }

            first = false;
            WriteValue(ref reader, output, numbers);
        }

        output.Append((byte)']');
    }

    private static void WriteObject(ref Utf8JsonReader reader, CanonicalBuffer output, CanonicalNumbers numbers)
    {
        output.Append((byte)'{');
        var start = output.Length;
        var members = new List<Member>();
        var sorted = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = Text(ref reader);
            var from = output.Length;
            output.AppendString(name);
            output.Append((byte)':');
            reader.Read();
            WriteValue(ref reader, output, numbers);
            sorted = sorted && (members.Count == 0 || string.CompareOrdinal(members[^1].Name, name) < 0);
            members.Add(new Member(name, from, output.Length - from));
        }

        if (!sorted)
        {
            // RFC 8785, 3.2.3: by UTF-16 code units, which is what an ordinal comparison of .NET strings does.
            members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            RefuseDuplicates(members);
        }

        output.Rearrange(start, members);
        output.Append((byte)'}');
    }

    private static void RefuseDuplicates(List<Member> members)
    {
        for (var i = 1; i < members.Count; i++)
        {
            if (string.Equals(members[i - 1].Name, members[i].Name, StringComparison.Ordinal))
            {
                throw new ProofFormatException("An object of the JSON text has two members of the same name.");
            }
        }
    }

    private static void WriteNumber(ref Utf8JsonReader reader, CanonicalBuffer output, CanonicalNumbers numbers)
    {
        var source = reader.ValueSpan;
        if (CanonicalNumber.IsPlainInteger(source))
        {
            output.Append(source);
            return;
        }

        if (!double.TryParse(source, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            throw new ProofFormatException("A number of the JSON text is larger than a double can hold.");
        }

        var text = CanonicalNumber.Format(value);
        if (numbers == CanonicalNumbers.Exact && !CanonicalNumber.SameValue(source, text))
        {
            throw new ProofFormatException("A number of the JSON text has more digits than a double keeps.");
        }

        output.AppendAscii(text);
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new ProofFormatException("A string of the JSON text has a lone surrogate or invalid UTF-8.", exception);
        }
    }
}
