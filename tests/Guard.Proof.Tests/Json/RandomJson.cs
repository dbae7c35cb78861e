using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Guard.Proof.Tests.Json;

/// <summary>Random JSON values, and spellings of them that differ in order, spacing and escapes.</summary>
internal static class RandomJson
{
    private static readonly string[] s_pieces = ["a", "b", "é", "\u20ac", "\ud83d\ude00", "\ufb33", "\"", "\\", "\n", "\u0001", "/", " ", "1"];

    public static JsonNode? Value(Random random, int depth) => random.Next(depth > 4 ? 5 : 7) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(random.Next(-1000, 1000)),
        3 => JsonValue.Create(random.Next(-1_000_000, 1_000_000) / 1024.0),
        4 => JsonValue.Create(Text(random)),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => Value(random, depth + 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(6)).Select(_ => Text(random)).Distinct().Select(name => KeyValuePair.Create(name, Value(random, depth + 1)))),
    };

    public static string Write(JsonNode? value, Random random)
    {
        var text = new StringBuilder();
        Write(value, random, text);
        return text.ToString();
    }

    private static void Write(JsonNode? value, Random random, StringBuilder text)
    {
        Space(random, text);
        switch (value)
        {
            case JsonObject members:
                text.Append('{');
                var order = members.ToArray();
                random.Shuffle(order);
                for (var i = 0; i < order.Length; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Space(random, text);
                    Quote(order[i].Key, random, text);
                    Space(random, text);
                    text.Append(':');
                    Write(order[i].Value, random, text);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Write(items[i], random, text);
                }

                text.Append(']');
                break;
            case JsonValue leaf when leaf.TryGetValue<string>(out var written):
                Quote(written, random, text);
                break;
            default:
                text.Append(value?.ToJsonString() ?? "null");
                break;
        }

        Space(random, text);
    }

    private static void Space(Random random, StringBuilder text) => text.Append(random.Next(4) switch { 0 => " ", 1 => "\n\t", _ => "" });

    private static void Quote(string value, Random random, StringBuilder text)
    {
        text.Append('"');
        foreach (var character in value)
        {
            if (character is '"' or '\\' || character < ' ' || random.Next(4) == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else if (char.IsSurrogate(character))
            {
                // A half cannot stand raw beside an escaped other half.
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                text.Append(character);
            }
        }

        text.Append('"');
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => s_pieces[random.Next(s_pieces.Length)]));
}
