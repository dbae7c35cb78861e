using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Guard.Proof.Json;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>
/// Makes texts of the numbers in a tool's input that a double cannot hold: the record is committed to in a canonical form, in
/// which two such numbers would become the same one.
/// </summary>
internal static class ExactNumbers
{
    public static AuditEvent Of(AuditEvent auditEvent) =>
        auditEvent.Input is { } input && !IsExact(input) ? auditEvent with { Input = Rewrite(input) } : auditEvent;

    /// <summary>The same value where every number in it is exact.</summary>
    public static JsonElement Of(JsonElement value) => IsExact(value) ? value : Rewrite(value);

    /// <summary>Whether a double keeps every number in it.</summary>
    public static bool IsExact(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => CanonicalNumber.IsExact(JsonMarshal.GetRawUtf8Value(value)),
        JsonValueKind.Array => value.EnumerateArray().All(IsExact),
        JsonValueKind.Object => value.EnumerateObject().All(static member => IsExact(member.Value)),
        _ => true,
    };

    private static JsonElement Rewrite(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            Write(writer, value);
        }

        using var document = JsonDocument.Parse(output.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when !IsExact(value):
                writer.WriteStringValue(JsonMarshal.GetRawUtf8Value(value));
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
