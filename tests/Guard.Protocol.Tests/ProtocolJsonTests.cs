using System.Text.Json;

namespace Guard.Protocol.Tests;

public sealed class ProtocolJsonTests
{
    [Fact]
    public void DecisionRequest_RoundTrip_KeepsEveryMember()
    {
        var request = new DecisionRequest
        {
            Version = Wire.Version,
            TraceId = "0198f6d2-1111-7000-8000-000000000001",
            Hook = new HookInfo { Version = "1", Analyser = 1, AgentName = "host", Installation = "i", Sequence = 7 },
            Mode = Modes.Enforce,
            Call = new ToolCall
            {
                Client = "claude-code",
                Event = "PreToolUse",
                Tool = "Read",
                Workspace = new Place { Written = "/w", Real = "/real/w" },
                Homes = [new Place { Written = "/home/dev" }],
            },
            Accesses = [new Access { Action = Actions.ReadFile, Resource = "/w/a", Real = "/real/w/a", Primary = true }],
        };

        var json = JsonSerializer.Serialize(request, ProtocolJson.Default.DecisionRequest);
        var back = JsonSerializer.Deserialize(json, ProtocolJson.Default.DecisionRequest);

        back.Should().BeEquivalentTo(request);
        json.Should().NotContain("null", "absent members are left out");
    }

    [Fact]
    public void DecisionResponse_WithoutAnswer_DoesNotParse()
    {
        var act = () => JsonSerializer.Deserialize("""{"version":1,"traceId":"t","eventId":"e"}""", ProtocolJson.Default.DecisionResponse);

        act.Should().Throw<JsonException>();
    }
}
