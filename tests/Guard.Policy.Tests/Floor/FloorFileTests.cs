using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.FloorRules;

/// <summary>Section "The floor": files, the session's own results, lifted paths and Guard's addresses.</summary>
public sealed class FloorFileTests
{
    private const string Session = "0c6f1b9e-4a52-4f7e-9a57-000000000001";

    private const string Longest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly FloorSettings Settings = new()
    {
        ProtectedPaths = ["/home/dev/.guard", "/opt/guard/guard-hook"],
        LiftedPaths = ["/home/dev/app/.claude/commands"],
        GatewayAuthorities = ["127.0.0.1:8765"],
    };

    private static readonly PolicyBundle Everything = Bundle(Settings, """{ name: p, rules: [ { effect: allow, actions: ["*"] } ] }""");

    [Theory]
    [InlineData("write:file", "./.claude/settings.json")]
    [InlineData("delete:file", "./.claude/settings.local.json")]
    [InlineData("write:file", "./.Claude/Settings.json")]
    [InlineData("write:file", "./sub/.claude/settings.json")]
    [InlineData("write:file", "/home/dev/.claude/settings.json")]
    [InlineData("delete:file", "/home/dev/.claude")]
    [InlineData("write:file", "/home/dev/.claude.json")]
    [InlineData("write:file", "./.mcp.json")]
    [InlineData("write:file", "/etc/claude-code/managed-settings.json")]
    [InlineData("write:file", "./.guard/x")]
    [InlineData("write:file", "./.git/config")]
    [InlineData("write:file", "./.git/hooks/pre-commit")]
    [InlineData("delete:file", "./.git/hooks")]
    [InlineData("write:file", "/home/dev/.bashrc")]
    [InlineData("write:file", "/home/dev/.zshenv")]
    [InlineData("write:file", "/etc/profile.d/x.sh")]
    [InlineData("write:file", "/dev/sda")]
    [InlineData("write:file", "/dev/nvme0n1")]
    [InlineData("read:file", "/home/dev/.guard/admin.key")]
    [InlineData("write:file", "/home/dev/.guard/guard.db")]
    [InlineData("read:file", "/etc/guard/hook.json")]
    [InlineData("read:file", "/opt/guard/guard-hook")]
    [InlineData("delete:file", "/opt/guard/guard-hook")]
    public void File_OfTheFloor_IsRefusedInEverySpelling(string action, string path)
    {
        Evaluator.Evaluate(Everything, For(File(action, path))).Should().Match<Decision>(d => d.Effect == Effect.Deny && d.ByFloor && d.Policy == "floor");
        Evaluator.Evaluate(Everything, For(File(action, "./innocent", real: File(action, path).Resource))).ByFloor.Should().BeTrue();
        Evaluator.Evaluate(Everything, For(File(action, path, real: "/home/dev/app/innocent"))).ByFloor.Should().BeTrue();
        Evaluator.Evaluate(Everything, For(File(action, path) with { Inert = true })).ByFloor.Should().BeTrue();
    }

    [Theory]
    [InlineData("read:file", "./.claude/settings.json")]
    [InlineData("read:file", "./.git/config")]
    [InlineData("write:file", "./.gitignore")]
    [InlineData("write:file", "./.github/workflows/ci.yml")]
    [InlineData("write:file", "./claude/settings.json")]
    [InlineData("write:file", "./CLAUDE.md")]
    [InlineData("write:file", "./mcp.json")]
    [InlineData("write:file", "./.bashrc")]
    [InlineData("write:file", "/dev/null")]
    [InlineData("read:file", "/home/dev/.guardian")]
    [InlineData("read:file", "/opt/guard/README")]
    [InlineData("write:file", "./.claude/commands/review.md")]
    public void File_MereTwin_IsLeftToPolicy(string action, string path) =>
        Evaluator.Evaluate(Everything, For(File(action, path))).Effect.Should().Be(Effect.Allow);

    [Theory]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/" + Session + "/tool-results/x.txt", null, Session, true)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/" + Session, null, Session, false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/another-session/x.txt", null, Session, false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/" + Session + "/../../../settings.json", null, Session, false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/" + Session + "/x.txt", "/home/dev/.claude/settings.json", Session, false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/../x", null, "..", false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/*/x", null, "*", false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/abcd-123/x", null, "abcd-123", true)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/abc-123/x", null, "abc-123", false)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/" + Longest + "/x", null, Longest, true)]
    [InlineData("/home/dev/.claude/projects/-home-dev-app/" + Longest + "0/x", null, Longest + "0", false)]
    public void File_OfTheSessionsOwnResults_IsLeftToPolicy(string path, string? real, string session, bool left) =>
        Evaluator.Evaluate(Everything, For(File("write:file", path, real ?? Matching(path))) with { SessionId = session }).ByFloor.Should().Be(!left);

    [Fact]
    public void File_PathLongerThanAnyFiles_IsRefused() =>
        Evaluator.Evaluate(Everything, For(File("read:file", string.Concat(Enumerable.Repeat("/a", 5_000))))).Should().Match<Decision>(d => d.ByFloor && d.Rule == "limit");

    [Fact]
    public void Lift_OnlyOneSpellingBelowIt_HoldsNot() =>
        Evaluator.Evaluate(Everything, For(File("write:file", "./.claude/commands/x", real: "/home/dev/app/.claude/settings.json"))).ByFloor.Should().BeTrue();

    [Fact]
    public void Lift_OfGuardsOwnFiles_IsNotPossible() =>
        Evaluator.Evaluate(Bundle(Settings with { LiftedPaths = ["/"] }, """{ name: p, rules: [ { effect: allow, actions: ["*"] } ] }"""), For(File("read:file", "/home/dev/.guard/admin.key")))
            .ByFloor.Should().BeTrue();

    [Theory]
    [InlineData("read:web_fetch", "http://127.0.0.1:8765/v1/policies", true)]
    [InlineData("read:web_fetch", "http://localhost:8765/", true)]
    [InlineData("read:web_fetch", "http://LOCALHOST.:8765/", true)]
    [InlineData("read:web_fetch", "http://[::1]:8765/", true)]
    [InlineData("read:web_fetch", "http://2130706433:8765/", true)]
    [InlineData("read:web_fetch", "http://0x7f.1:8765/", true)]
    [InlineData("read:web_fetch", "http://x@127.0.0.1:8765/", true)]
    [InlineData("read:web_fetch", "http://127.0.0.1:87\t65/", true)]
    [InlineData("read:web_fetch", "http://127.0.0.1:87\n65/", true)]
    [InlineData("read:web_fetch", "http://127.0.0.1:87 65/", true)]
    [InlineData("connect:network", "127.0.0.1:87\r65", true)]
    [InlineData("connect:network", "127.0.0.1:8765", true)]
    [InlineData("read:web_fetch", "http://127.0.0.1:8766/", false)]
    [InlineData("read:web_fetch", "http://127.0.0.1:87650/", false)]
    [InlineData("read:web_fetch", "http://example.com:8765/", false)]
    [InlineData("connect:network", "127.0.0.1:80", false)]
    public void Address_OfTheGateway_IsRefused(string action, string address, bool refused) =>
        Evaluator.Evaluate(Everything, For(Access(action, address))).ByFloor.Should().Be(refused);

    [Fact]
    public void Floor_NoPolicyAtAll_StillDecidesFirst() =>
        Evaluator.Evaluate(Bundle(Settings), For(File("write:file", "./.claude/settings.json"))).ByFloor.Should().BeTrue();

    [Fact]
    public void Floor_Described_NamesEveryRule()
    {
        var rules = FloorCompiler.Compile(Settings).Policy.Rules.Select(r => $"id: {r.Definition.Id}");

        Floor.Describe().Should().ContainAll(rules).And.ContainAll("wipe", "fork-bomb", "guard-api", "guard-administration", "guard-processes", "hooks-off");
    }

    private static string Matching(string path) => Guard.Policy.Matching.AbsolutePath.Parse(path)!.Text;
}
