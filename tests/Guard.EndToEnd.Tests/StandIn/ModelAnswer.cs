using System.Text;
using System.Text.Json.Nodes;

namespace Guard.EndToEnd.Tests.StandIn;

/// <summary>One answer of the model in the two forms of the Messages API: whole, or as a stream of events.</summary>
internal sealed class ModelAnswer(string model, ModelTurn turn)
{
    private readonly string _id = "msg_" + Guid.NewGuid().ToString("N");

    private string StopReason => turn.Calls.Count > 0 ? "tool_use" : "end_turn";

    public JsonObject Whole()
    {
        var message = Envelope();
        message["content"] = new JsonArray([.. Blocks()]);
        message["stop_reason"] = StopReason;
        return message;
    }

    public async Task StreamAsync(Stream body, CancellationToken cancellationToken)
    {
        await SendAsync("message_start", new JsonObject { ["message"] = Envelope() });
        var index = 0;
        foreach (var block in Blocks())
        {
            await SendAsync("content_block_start", new JsonObject { ["index"] = index, ["content_block"] = Empty(block) });
            await SendAsync("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = Delta(block) });
            await SendAsync("content_block_stop", new JsonObject { ["index"] = index });
            index++;
        }

        await SendAsync("message_delta", new JsonObject
        {
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason, ["stop_sequence"] = null },
            ["usage"] = Usage(),
        });
        await SendAsync("message_stop", []);

        async Task SendAsync(string type, JsonObject data)
        {
            data["type"] = type;
            await body.WriteAsync(Encoding.UTF8.GetBytes($"event: {type}\ndata: {data.ToJsonString()}\n\n"), cancellationToken);
            await body.FlushAsync(cancellationToken);
        }
    }

    private IEnumerable<JsonObject> Blocks()
    {
        if (turn.Calls.Count == 0)
            yield return new JsonObject { ["type"] = "text", ["text"] = "I am done." };
        foreach (var call in turn.Calls)
        {
            yield return new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = call.Id,
                ["name"] = call.Tool,
                ["input"] = call.Input.DeepClone(),
            };
        }
    }

    private static JsonObject Empty(JsonObject block)
    {
        var empty = block.DeepClone().AsObject();
        if (empty.ContainsKey("input"))
            empty["input"] = new JsonObject();
        else
            empty["text"] = "";
        return empty;
    }

    private static JsonObject Delta(JsonObject block) => block["input"] is { } input
        ? new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = input.ToJsonString() }
        : new JsonObject { ["type"] = "text_delta", ["text"] = block["text"]?.DeepClone() };

    private JsonObject Envelope() => new()
    {
        ["id"] = _id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
        ["usage"] = Usage(),
    };

    private static JsonObject Usage() => new() { ["input_tokens"] = 10, ["output_tokens"] = 10 };
}
