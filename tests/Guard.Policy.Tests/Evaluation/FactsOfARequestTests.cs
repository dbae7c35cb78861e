using System.Text.Json;
using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary>What is made of facts that a request states oddly or not at all.</summary>
public sealed class FactsOfARequestTests
{
    private static readonly PolicyBundle OfWorkspace = Bundle("""
        name: p
        rules:
          - { id: reads, effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" } } }
        """);

    [Theory]
    [InlineData("work/app", "the workspace `work/app` is not an absolute path")]
    [InlineData("/", "the workspace `/` is the root, a home folder or a parent of one")]
    [InlineData("/home/dev", "the workspace `/home/dev` is the root, a home folder or a parent of one")]
    [InlineData("/HOME", "the workspace `/HOME` is the root, a home folder or a parent of one")]
    public void Workspace_ThatCannotBeOne_HoldsNothing(string folder, string why)
    {
        var decision = Evaluator.Evaluate(OfWorkspace, For(File("read:file", "/home/dev/app/a")) with { Workspace = new WorkspaceFact { Folder = new FolderSpelling(folder, folder) } }, explain: true);

        decision.Effect.Should().Be(Effect.Deny);
        decision.Trace.Should().ContainSingle().Which.Because.Should().Contain(why);
    }

    [Fact]
    public void Workspace_WhoseRealFolderIsAHome_HoldsNothing() =>
        Evaluator.Evaluate(OfWorkspace, For(File("read:file", "/w/a")) with { Workspace = new WorkspaceFact { Folder = new FolderSpelling("/w", "/home/dev") } }).Effect.Should().Be(Effect.Deny);

    /// <summary>A file behind a link counts by where it leads, and below a workspace that is a link itself.</summary>
    [Theory]
    [InlineData("/w/a", "/real/w/a", Effect.Allow)]
    [InlineData("/real/w/a", "/real/w/a", Effect.Allow)]
    [InlineData("/w/a", "/etc/a", Effect.Deny)]
    [InlineData("/etc/a", "/real/w/a", Effect.Deny)]
    [InlineData("/w/a", "/w/a", Effect.Deny)]
    public void Workspace_ThatIsALink_HoldsWhatLiesInItsRealFolder(string written, string real, Effect effect) =>
        Evaluator.Evaluate(OfWorkspace, For(File("read:file", written, real)) with { Workspace = new WorkspaceFact { Folder = new FolderSpelling("/w", "/real/w") } }).Effect.Should().Be(effect);

    /// <summary>A denial of what lies at home holds for every home, in every spelling.</summary>
    [Theory]
    [InlineData("/home/dev/.ssh/id")]
    [InlineData("/mnt/home/.ssh/id")]
    [InlineData("/root/.ssh/id")]
    public void Homes_OfSeveralAccounts_AllCount(string path)
    {
        var bundle = Bundle("name: p\nrules:\n  - { id: all, effect: allow, actions: ['read:file'] }\n  - { id: ssh, effect: deny, actions: ['read:file'], conditions: { resource: { startsWith: '~/.ssh' } }, reason: keys }");

        var decision = Evaluator.Evaluate(bundle, For(File("read:file", path)) with { Homes = [new FolderSpelling("/home/dev", "/mnt/home"), new FolderSpelling("/root", "/root")] });

        decision.Rule.Should().Be("ssh");
    }

    [Fact]
    public void Walk_ForNamesThatAreKnown_IsBelieved()
    {
        var bundle = Bundle("name: p\nrules:\n  - { id: all, effect: allow, actions: ['read:file'] }\n  - { id: a, effect: deny, actions: ['read:file'], conditions: { resource: { matches: '**/.env' } }, reason: r }");

        bundle.WalkNames.Should().Contain(".env");
        Evaluator.Evaluate(bundle, For(File("read:file", "./src", subtree: true) with { Walked = true })).Effect.Should().Be(Effect.Allow);
        Evaluator.Evaluate(bundle, For(File("read:file", "./src", subtree: true))).Effect.Should().Be(Effect.Deny);
    }

    [Theory]
    [InlineData("Bash", "execute:shell", "command", "args.command == 'ls'")]
    [InlineData("WebFetch", "read:web_fetch", "url", "args.url == 'ls'")]
    [InlineData("Browser", "read:web_browse", "url", "args.url == 'ls'")]
    [InlineData("Read", "read:file", "file_path", "args.path == 'ls'")]
    [InlineData("NotebookEdit", "write:file", "notebook_path", "args.path == 'ls'")]
    public void Input_IsReadByTheNamesOfItsMembers(string tool, string action, string member, string when)
    {
        var access = Access(action, "ls") with { Primary = true };

        IsMet(when, ToolFact.Of(tool, Json($$"""{"{{member}}": "ls"}"""), [access]), access).Should().BeTrue();
        IsMet(when, ToolFact.Of(tool, Json($$"""{"{{member}}": "other"}"""), [access]), access).Should().BeFalse();
    }

    /// <summary>A long text travels as its digest; the access has it whole, if it is the call's own.</summary>
    [Theory]
    [InlineData("Bash", "execute:shell", "command", true)]
    [InlineData("WebFetch", "read:web_fetch", "url", true)]
    [InlineData("Browser", "read:web_browse", "url", true)]
    [InlineData("Bash", "execute:shell", "url", false)]
    [InlineData("WebFetch", "read:web_fetch", "command", false)]
    [InlineData("Read", "read:file", "command", false)]
    public void Input_ThatTravelledAsADigest_IsReadFromTheAccess(string tool, string action, string member, bool isKnown)
    {
        var access = Access(action, "ls") with { Primary = true };
        var fact = ToolFact.Of(tool, Json($$$"""{"{{{member}}}": {"$digest": "sha256:00"}}"""), [access]);

        // An error in a denial counts as a match, in an allow as none.
        IsAllowed($"args.{member} == 'ls'", fact, access).Should().Be(isKnown);
        IsMet($"args.{member} == 'other'", fact, access).Should().Be(!isKnown);
    }

    [Fact]
    public void Input_ThatIsNotThere_IsAnErrorInEveryRuleThatReadsIt()
    {
        var access = Access("execute:shell", "ls") with { Primary = true };

        foreach (var input in new JsonElement?[] { null, default(JsonElement), Json("[1]"), Json("\"x\"") })
        {
            IsMet("args.command == 'other'", ToolFact.Of("Bash", input, [access]), access).Should().BeTrue();
            IsAllowed("args.command == 'ls'", ToolFact.Of("Bash", input, [access]), access).Should().BeFalse();
        }
    }

    [Fact]
    public void Input_BeyondTheLimits_IsAnError()
    {
        var access = Access("execute:shell", "ls") with { Primary = true };

        IsAllowed("size(args.x) == 9998", ToolFact.Of("Bash", Json($$"""{"x": [{{string.Join(',', Enumerable.Repeat("1", 9_998))}}]}"""), [access]), access).Should().BeTrue();
        IsMet("false && size(args.x) == 1 || size(args.x) == 1", ToolFact.Of("Bash", Json($$"""{"x": [{{string.Join(',', Enumerable.Repeat("1", 9_999))}}]}"""), [access]), access).Should().BeTrue("one value more is too much");
        IsAllowed("args.y == 1", ToolFact.Of("Bash", Json($$"""{"x": {{new string('[', 63)}}1{{new string(']', 63)}}, "y": 1}"""), [access]), access).Should().BeTrue();
        IsAllowed("args.y == 1", ToolFact.Of("Bash", Json($$"""{"x": {{new string('[', 64)}}1{{new string(']', 64)}}, "y": 1}"""), [access]), access).Should().BeFalse();
        IsAllowed("args.x == 1", ToolFact.Of("Bash", Json("""{"x": 1e999}"""), [access]), access).Should().BeFalse();
        IsAllowed("args.x > 1.0e18", ToolFact.Of("Bash", Json("""{"x": 18446744073709551615}"""), [access]), access).Should().BeTrue();
        IsAllowed("args.x == 1.5", ToolFact.Of("Bash", Json("""{"x": 1.5}"""), [access]), access).Should().BeTrue();
        IsAllowed("args.x == 'a'", ToolFact.Of("Bash", Json("""{"x": "\ud83d"}"""), [access]), access).Should().BeFalse();
    }

    [Fact]
    public void Policy_MayApplyToAnAgent_UnlessItSurelyDoesNot()
    {
        var bundle = Bundle(
            "name: all\nrules: [ { effect: allow, actions: ['read:file'] } ]",
            "name: tagged\nappliesTo: { tags: [other] }\nrules: [ { effect: allow, actions: ['read:file'] } ]",
            "name: project\nappliesTo: { projects: ['x'] }\nrules: [ { effect: allow, actions: ['read:file'] } ]");

        bundle.MayApply("all", Agent).Should().BeTrue();
        bundle.MayApply("tagged", Agent).Should().BeFalse();
        bundle.MayApply("tagged", Agent with { Tags = ["other"] }).Should().BeTrue();
        bundle.MayApply("project", Agent).Should().BeTrue("the project of a call is not known here");
        bundle.MayApply("none", Agent).Should().BeFalse();
    }

    private static bool IsMet(string when, ToolFact tool, RequestedAccess access) => Decide(when, "deny", tool, access).Effect == Effect.Deny;

    private static bool IsAllowed(string when, ToolFact tool, RequestedAccess access) => Decide(when, "allow", tool, access).Effect == Effect.Allow;

    private static Decision Decide(string when, string effect, ToolFact tool, RequestedAccess access) => Evaluator.Evaluate(
        Bundle($$"""
            name: p
            rules:
              - { id: r, effect: {{effect}}, actions: ["{{access.Action}}"], conditions: { when: "{{when}}" }, reason: r }
              - { id: other, effect: {{(effect == "deny" ? "allow" : "ask")}}, actions: ["{{access.Action}}"], conditions: { when: "{{(effect == "deny" ? "true" : "false")}}" } }
            """),
        For(access with { Real = "/home/dev/app/ls", Resource = access.Action.EndsWith(":file", StringComparison.Ordinal) ? "/home/dev/app/ls" : access.Resource }) with { Tool = tool });

    private static JsonElement Json(string text) => JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 200 }).RootElement;
}
