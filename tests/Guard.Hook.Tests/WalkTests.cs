using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Guard.Hook.Tests;

/// <summary>A gateway that first wants the call's folders looked through: the hook asks once more, and no further.</summary>
[Collection(HookProcesses.Name)]
public sealed class WalkTests(HookBinary hook)
{
    private static readonly string[] Names = [".env*", ".ssh/**"];
    private static readonly byte[] Call = """{"session_id":"s","hook_event_name":"PreToolUse","cwd":"/usr/share/doc","tool_name":"Grep","tool_input":{"pattern":"x","path":"/usr/share/doc"}}"""u8.ToArray();

    [Fact]
    public async Task Walk_ThenAllow_IsAskedOnceMoreUnderTheSameTraceAndAllowed()
    {
        var id = IdOf(Names);
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => StatedWalk(request) == id ? FakeGateway.Decision(request) : Walk(request, id, Names)));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), Call).ShouldBeSilent();

        gateway.Requests.Select(StatedWalk).Should().Equal("none", id);
        gateway.Requests.Select(static request => request.TraceId).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Walk_AgainAfterTheSecondRequest_IsDenied()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => Walk(request, IdOf(Names), Names)));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), Call).ShouldDeny("not looked through");

        gateway.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task Walk_WithNamesThatAreNotThoseOfItsId_IsDenied()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => Walk(request, IdOf(Names), ["harmless"])));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), Call).ShouldDeny("its names to look for are not those its id says");

        gateway.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Walk_WithoutNames_IsDenied()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, "walk", message: "guard: denied: not looked through.")));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), Call).ShouldDeny("not looked through");

        gateway.Requests.Should().ContainSingle();
    }

    private static string? StatedWalk(Request request) =>
        request.Json.TryGetProperty("walk", out var walk) ? walk.GetString() : null;

    // The digest of the names, one to a line.
    private static string IdOf(string[] names) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))));

    private static string Walk(Request request, string id, string[] names) => JsonSerializer.Serialize(new
    {
        version = 1,
        traceId = request.TraceId,
        eventId = "",
        answer = "walk",
        effect = "deny",
        granted = false,
        mode = "enforce",
        message = "guard: denied: not looked through.",
        walk = new { id, names },
    });
}
