using System.Text.Json;
using System.Text.Json.Serialization;
using Guard.Protocol;

namespace Guard.Gateway.Hosting;

/// <summary>The wire's JSON as the gateway reads it: a member that is unknown or stands twice is refused, because two readers could take it differently.</summary>
internal static class GatewayJson
{
    public static ProtocolJson Context { get; } = new(new JsonSerializerOptions(ProtocolJson.Default.Options)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    });
}
