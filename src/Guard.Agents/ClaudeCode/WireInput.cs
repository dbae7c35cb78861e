using System.Buffers;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Agents.ClaudeCode;

/// <summary>
/// A tool's input as it travels: long texts as digest, length and head; texts that carry a file's content as digest and
/// length alone, so that no secret in them leaves the machine.
/// </summary>
public static class WireInput
{
    /// <summary>Texts of more UTF-8 bytes travel as a digest.</summary>
    public const int MaxTextBytes = 2048;

    /// <summary>UTF-16 code units of <c>$head</c>.</summary>
    public const int HeadLength = 256;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JsonTextEncoder.Instance, SkipValidation = true };

    /// <summary>Writes the input as one value, <c>{}</c> for none.</summary>
    public static void Write(Utf8JsonWriter writer, ToolInput input)
    {
        if (input.Json.IsEmpty)
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        var reader = new Utf8JsonReader(input.Json.Span);
        var contentDepth = int.MaxValue;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                case JsonTokenType.PropertyName:
                    // A member that carries content covers everything below it.
                    if (reader.CurrentDepth == 1) contentDepth = CarriesContent(ref reader) ? 1 : int.MaxValue;
                    WriteName(writer, ref reader);
                    break;
                case JsonTokenType.String:
                    WriteText(writer, ref reader, isContent: reader.CurrentDepth >= contentDepth);
                    break;
                default:
                    writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }
    }

    /// <summary>The input as compact JSON text.</summary>
    public static byte[] ToCompactJson(ToolInput input)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(256, Math.Min(input.Json.Length, 64 * 1024)));
        using (var writer = new Utf8JsonWriter(buffer, Compact)) Write(writer, input);
        return buffer.WrittenSpan.ToArray();
    }

    private static bool CarriesContent(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("old_string"u8) || reader.ValueTextEquals("new_string"u8) ||
        reader.ValueTextEquals("new_source"u8) || reader.ValueTextEquals("edits"u8);

    private static void WriteName(Utf8JsonWriter writer, ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped) writer.WritePropertyName(reader.GetString()!);
        else writer.WritePropertyName(reader.ValueSpan);
    }

    private static void WriteText(Utf8JsonWriter writer, ref Utf8JsonReader reader, bool isContent)
    {
        if (!isContent && reader.ValueSpan.Length <= MaxTextBytes)
        {
            if (reader.ValueIsEscaped) writer.WriteStringValue(reader.GetString());
            else writer.WriteStringValue(reader.ValueSpan);
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length + 1);
        var text = bytes.AsSpan(0, reader.CopyString(bytes));
        if (!isContent && text.Length <= MaxTextBytes)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("$digest"u8, Sha256.Digest(text));
            var characters = System.Text.Encoding.UTF8.GetString(text);
            writer.WriteNumber("$length"u8, characters.Length);
            if (!isContent) writer.WriteString("$head"u8, Head(characters));
            writer.WriteEndObject();
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static ReadOnlySpan<char> Head(string text) =>
        text.AsSpan(0, char.IsHighSurrogate(text[HeadLength - 1]) ? HeadLength - 1 : HeadLength);
}
