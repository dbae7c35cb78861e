using System.Text.Json;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Client;

/// <summary>A finished run of the client.</summary>
internal sealed record ClientRun(IReadOnlyList<JsonElement> Events, IReadOnlyList<RecordedRequest> Requests)
{
    public string SessionId => Events.First(item => ClientEvents.Is(item, "subtype", "init")).GetProperty("session_id").GetString()
        ?? throw new InvalidOperationException("The client's init event has no session id.");

    /// <summary>Hosts that the client tried to reach beyond loopback; every attempt was refused.</summary>
    public IReadOnlyList<string> BeyondLoopback =>
        [.. Requests.Where(request => request.Method == "CONNECT" || !request.Target.StartsWith('/')).Select(request => request.Target)];

    /// <summary>What the model read as the result of the call.</summary>
    public ToolResult ResultOf(ToolUse call) => Requests
        .Where(request => request.Body is not null)
        .SelectMany(request => ConversationReader.ToolResults(request.Body!.Value))
        .Where(result => result.Id == call.Id)
        .Select(result => result.Result)
        .FirstOrDefault() ?? throw new InvalidOperationException($"The model never read a result of the {call.Tool} call: the session ended before.");
}
