using System.Text.Json;

namespace Guard.EndToEnd.Tests.StandIn;

/// <summary>A request that reached the stand-in, as its API or as the proxy of everything beyond loopback.</summary>
/// <param name="Method">The HTTP method; <c>CONNECT</c> is an attempt to leave the machine, which was refused.</param>
/// <param name="Target">The raw request target; the authority for CONNECT.</param>
/// <param name="Body">The body where it is JSON.</param>
internal sealed record RecordedRequest(string Method, string Target, JsonElement? Body);

/// <summary>What the model read as the result of a tool call.</summary>
internal sealed record ToolResult(string Text, bool IsError);
