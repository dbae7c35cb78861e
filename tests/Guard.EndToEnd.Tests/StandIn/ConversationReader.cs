using System.Text;
using System.Text.Json;

namespace Guard.EndToEnd.Tests.StandIn;

/// <summary>What the stand-in needs to know of a Messages API request.</summary>
/// <param name="Opening">The text of the messages before the first answer.</param>
/// <param name="Answers">The number of answers of the model so far.</param>
internal sealed record Conversation(string Model, bool Streams, bool HasTools, string Opening, int Answers);

internal static class ConversationReader
{
    public static Conversation Read(JsonElement request)
    {
        var opening = new StringBuilder();
        var answers = 0;
        foreach (var message in request.GetProperty("messages").EnumerateArray())
        {
            if (message.GetProperty("role").ValueEquals("assistant"))
                answers++;
            else if (answers == 0)
                opening.AppendLine(TextOf(message.GetProperty("content")));
        }

        return new Conversation(
            request.GetProperty("model").GetString() ?? "",
            request.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True,
            request.TryGetProperty("tools", out var tools) && tools.GetArrayLength() > 0,
            opening.ToString(),
            answers);
    }

    /// <summary>All tool results in a request, by the id of the call.</summary>
    public static IEnumerable<(string Id, ToolResult Result)> ToolResults(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("messages", out var messages))
            yield break;
        foreach (var message in messages.EnumerateArray())
        {
            var content = message.GetProperty("content");
            if (content.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var block in content.EnumerateArray())
            {
                if (!block.GetProperty("type").ValueEquals("tool_result"))
                    continue;
                var isError = block.TryGetProperty("is_error", out var error) && error.ValueKind == JsonValueKind.True;
                var text = block.TryGetProperty("content", out var result) ? TextOf(result) : "";
                yield return (block.GetProperty("tool_use_id").GetString() ?? "", new ToolResult(text, isError));
            }
        }
    }

    private static string TextOf(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString() ?? ""
        : string.Join('\n', content.EnumerateArray().Select(block => block.TryGetProperty("text", out var text) ? text.GetString() : ""));
}
