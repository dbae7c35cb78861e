using System.Text.Json;

namespace Guard.EndToEnd.Tests.Client;

/// <summary>The events that the client prints, one JSON document per line.</summary>
internal static class ClientEvents
{
    public static IReadOnlyList<JsonElement> Parse(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];

    public static bool Is(JsonElement item, string member, string value) =>
        item.TryGetProperty(member, out var actual) && actual.ValueKind == JsonValueKind.String && actual.ValueEquals(value);
}
