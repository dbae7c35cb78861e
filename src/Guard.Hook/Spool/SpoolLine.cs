using System.Buffers;
using System.Text;
using System.Text.Json;
using Guard.Hook.Gateway;
using Guard.Protocol;

namespace Guard.Hook.Spool;

/// <summary>Writes the lines of the spool and the request that hands them over. A line holds what the wire would have carried, and no more.</summary>
internal static class SpoolLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonTextEncoder.Instance, SkipValidation = true };

    /// <summary>A <see cref="SpooledEvent"/> with the body of an <see cref="OutcomeRequest"/>.</summary>
    public static ReadOnlyMemory<byte> Outcome(string id, ReadOnlyMemory<byte> outcome)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WritePropertyName("outcome"u8);
        writer.WriteRawValue(outcome.Span, skipInputValidation: true);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A <see cref="SpooledEvent"/> with a <see cref="HookDenial"/>.</summary>
    /// <param name="id">Of the line.</param>
    /// <param name="traceId">Of the call.</param>
    /// <param name="hook">Who denied.</param>
    /// <param name="reason">What the client was told.</param>
    /// <param name="request">The body of the <see cref="DecisionRequest"/>; empty: the call could not be stated.</param>
    public static ReadOnlyMemory<byte> Denial(string id, string traceId, HookInfo hook, string reason, ReadOnlyMemory<byte> request)
    {
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteStartObject("denial"u8);
        writer.WriteNumber("version"u8, Wire.Version);
        writer.WriteString("traceId"u8, traceId);
        RequestWriter.WriteHook(writer, hook);
        writer.WriteString("reason"u8, reason);
        if (!request.IsEmpty)
        {
            writer.WritePropertyName("request"u8);
            writer.WriteRawValue(request.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The body of a <see cref="SpoolRequest"/> and the number of its lines.</summary>
    /// <param name="lines">Whole lines of the file; whatever bytes they are, they travel as text.</param>
    public static (ReadOnlyMemory<byte> Body, int Count) Request(ReadOnlySpan<byte> lines)
    {
        var buffer = new ArrayBufferWriter<byte>(lines.Length + (lines.Length / 8) + 256);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, Wire.Version);
        writer.WriteStartArray("lines"u8);
        var count = 0;
        foreach (var range in lines.Split((byte)'\n'))
        {
            if (lines[range].IsEmpty) continue;
            writer.WriteStringValue(Encoding.UTF8.GetString(lines[range]));
            count++;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return (buffer.WrittenMemory, count);
    }
}
