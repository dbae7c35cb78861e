using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Guard.Policy.Documents;

namespace Guard.Policy.Suites;

/// <summary>A piece of YAML as JSON: a tool's input, as the client would send it.</summary>
internal static class NodeJson
{
    // People read it in names of cases and in messages: `&&` stays `&&`. What a terminal would obey is escaped where it is shown.
    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Regex Decimal = new(@"^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public static JsonElement From(DocumentNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, AsWritten))
        {
            Write(node, writer);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    // What YAML and JSON both write as a number: not `.5`, `1.` or `+1.5`.
    private static bool IsDecimal(string text) => Decimal.IsMatch(text);

    private static void Write(DocumentNode node, Utf8JsonWriter to)
    {
        switch (node)
        {
            case ScalarNode { IsNull: true }:
                to.WriteNullValue();
                break;
            case ScalarNode { Plain: true, Text: "true" or "false" } boolean:
                to.WriteBooleanValue(boolean.Text == "true");
                break;
            case ScalarNode { Plain: true } scalar when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                to.WriteNumberValue(number);
                break;
            case ScalarNode { Plain: true } scalar when IsDecimal(scalar.Text):
                to.WriteRawValue(scalar.Text);
                break;
            case ScalarNode scalar:
                to.WriteStringValue(scalar.Text);
                break;
            case SequenceNode sequence:
                to.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    Write(item, to);
                }

                to.WriteEndArray();
                break;
            case MappingNode mapping:
                to.WriteStartObject();
                foreach (var (key, value) in mapping.Entries)
                {
                    to.WritePropertyName(key.Text);
                    Write(value, to);
                }

                to.WriteEndObject();
                break;
        }
    }
}
