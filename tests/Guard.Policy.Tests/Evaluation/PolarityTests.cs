using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary>"Allow is exact, deny is generous", and errors while evaluating.</summary>
public sealed class PolarityTests
{
    // One row: a resource block, an access, whether an allow with it covers and whether a deny with it matches.
    [Theory]
    [InlineData("equals: './README.md'", "read:file", "./README.md", true, true)]
    [InlineData("equals: './README.md'", "read:file", "./readme.MD", false, true)]
    [InlineData("equals: 'README.md'", "read:file", "./README.md", true, true)]
    [InlineData("equals: '/home/dev/app/README.md'", "read:file", "./README.md", true, true)]
    [InlineData("equals: '~/app/README.md'", "read:file", "./README.md", true, true)]
    [InlineData("startsWith: './src/'", "read:file", "./src/a", true, true)]
    [InlineData("startsWith: './src/'", "read:file", "./SRC/a", false, true)]
    [InlineData("startsWith: 'src/'", "read:file", "./src/../etc", false, false)]
    [InlineData("startsWith: '/etc/'", "read:file", "/etc/passwd", true, true)]
    [InlineData("endsWith: '.md'", "read:file", "./x.MD", false, true)]
    [InlineData("contains: 'secret'", "read:file", "./my-Secret.txt", false, true)]
    [InlineData("contains: 'dev'", "read:file", "./x", false, true)]
    [InlineData("regex: '.*\\.md'", "read:file", "./x.md", true, true)]
    [InlineData("regex: '\\.md'", "read:file", "./x.md.bak", false, true)]
    [InlineData("regex: 'src'", "read:file", "./SRC/x", false, true)]
    [InlineData("matches: './**', startsWith: './src/'", "read:file", "./src/x", true, true)]
    [InlineData("matches: './**', startsWith: './src/'", "read:file", "./lib/x", false, false)]
    [InlineData("startsWith: 'git '", "execute:shell", "git status", true, true)]
    [InlineData("startsWith: 'git '", "execute:shell", "git", true, true)]
    [InlineData("startsWith: 'git '", "execute:shell", "GIT status", false, true)]
    [InlineData("startsWith: 'git '", "execute:shell", "gitk", false, false)]
    [InlineData("contains: 'curl '", "execute:shell", "x; CURL", false, true)]
    [InlineData("matches: 'git *'", "execute:shell", "git a/b c", true, true)]
    [InlineData("regex: 'git.*push'", "execute:shell", "git\npush", false, true)]
    [InlineData("equals: 'é'", "invoke:x", "e\u0301", false, true)]
    [InlineData("contains: 'x'", "invoke:x", "\ud800x", true, true)]
    // Inside `not` polarity flips.
    [InlineData("matches: '**/.env*', not: { matches: '**/.env.example' }", "read:file", "./.env.example", false, false)]
    [InlineData("matches: '**/.env*', not: { matches: '**/.env.example' }", "read:file", "./.env.EXAMPLE", false, true)]
    [InlineData("matches: './**', not: { matches: '**/secret/**' }", "read:file", "./SECRET/x", false, true)]
    [InlineData("not: { not: { equals: 'x' } }", "invoke:y", "X", false, true)]
    [InlineData("not: { matches: './**' }", "read:file", "/etc/passwd", true, true)]
    public void Block_InAllowAndInDeny_MatchesByItsPolarity(string block, string action, string resource, bool allowed, bool denied)
    {
        var access = action.EndsWith(":file", StringComparison.Ordinal) ? File(action, resource) : Access(action, resource);

        Decide($$"""{ name: p, rules: [ { effect: allow, actions: ["{{action}}"], conditions: { resource: { {{block}} } } } ] }""", access)
            .Effect.Should().Be(allowed ? Effect.Allow : Effect.Deny);
        foreach (var effect in new[] { "deny", "approve", "ask" })
        {
            var matched = Decide($$"""{ name: p, rules: [ { id: r, effect: {{effect}}, actions: ["{{action}}"], conditions: { resource: { {{block}} } } } ], defaultEffect: allow }""", access);
            matched.Matched.Any(m => m.Rule == "r").Should().Be(denied, effect);
        }
    }

    [Theory]
    [InlineData("/home/dev/app/notes.txt", "/home/dev/app/.env", false, true)]
    [InlineData("/home/dev/app/.env", "/home/dev/app/notes.txt", false, true)]
    [InlineData("/home/dev/app/notes.txt", "/home/dev/app/notes.txt", true, false)]
    [InlineData("/home/dev/app/notes.txt", "/etc/passwd", false, false)]
    public void File_TwoSpellings_AllowNeedsBothDenyNeedsOne(string written, string real, bool allowed, bool denied)
    {
        var access = File("read:file", written, real);

        Decide("""{ name: p, rules: [ { effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**", not: { matches: "**/.env" } } } } ] }""", access)
            .Effect.Should().Be(allowed ? Effect.Allow : Effect.Deny);
        Decide("""{ name: p, rules: [ { id: r, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/.env" } } } ] }""", access)
            .Matched.Any().Should().Be(denied);
    }

    // A block is evaluated per spelling, never mixed across spellings.
    [Fact]
    public void Block_OneHalfMatchesEachSpelling_DoesNotMatch() =>
        Decide("""{ name: p, rules: [ { effect: deny, actions: ["read:file"], conditions: { resource: { startsWith: "/a/", endsWith: ".key" } } } ] }""", File("read:file", "/a/x.txt", "/b/x.key"))
            .Matched.Should().BeEmpty();

    [Fact]
    public void File_RealPathUnknown_IsCoveredByNoConditionAndFoundByEveryDeny()
    {
        var access = File("read:file", "./.env") with { Real = null };

        Decide("""{ name: p, rules: [ { effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" } } } ] }""", access)
            .Reason.Should().Be("no rule allows `read:file ./.env`; its real path (symlinks resolved) is not known");
        Decide("""{ name: p, rules: [ { id: r, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/.env" } } } ] }""", access).Rule.Should().Be("r");
    }

    [Fact]
    public void Command_CanonicalForm_IsTriedByDenyAndNotByAllow()
    {
        var access = new RequestedAccess { Action = "execute:shell", Resource = "/usr/bin/git -C x push", Canonical = "git push" };

        Decide("""{ name: p, rules: [ { id: r, effect: deny, actions: ["execute:shell"], conditions: { resource: { startsWith: "git push" } } } ] }""", access).Rule.Should().Be("r");
        Decide("""{ name: p, rules: [ { effect: allow, actions: ["execute:shell"], conditions: { resource: { startsWith: "git push" } } } ] }""", access).Effect.Should().Be(Effect.Deny);
    }

    // Actions: `write:file` in a deny, approve or ask also means `delete:file`; in an allow it covers named files, not subtrees.
    [Theory]
    [InlineData("write:file", "delete:file", false, true, true)]
    [InlineData("write:*", "delete:file", false, true, true)]
    [InlineData("write:file", "delete:file", true, false, true)]
    [InlineData("delete:file", "write:file", false, false, false)]
    [InlineData("*:file", "read:file", false, true, true)]
    [InlineData("*", "invoke:x", false, true, true)]
    [InlineData("*:file", "invoke:x:file", false, false, false)]
    [InlineData("invoke:mcp__*", "invoke:mcp__db__q", false, true, true)]
    [InlineData("invoke:mcp__db__*", "invoke:MCP__DB__q", false, false, true)]
    public void Action_Pattern_MatchesByPolarity(string pattern, string action, bool subtree, bool allowed, bool denied)
    {
        var access = new RequestedAccess { Action = action, Resource = "/home/dev/app/x", Real = "/home/dev/app/x", Subtree = subtree };
        var compiled = ActionPattern.Parse(pattern)!;

        compiled.IsMatch(access.Action, subtree, generous: false).Should().Be(allowed);
        compiled.IsMatch(access.Action, subtree, generous: true).Should().Be(denied);
    }

    [Theory]
    [InlineData(Effect.Deny, true)]
    [InlineData(Effect.Approve, true)]
    [InlineData(Effect.Ask, true)]
    [InlineData(Effect.Allow, false)]
    public void Rule_ThatFails_AppliesUnlessItAllows(Effect effect, bool matched)
    {
        var policy = Failing(effect);

        var trial = RuleTrial.Of(policy, policy.Rules[0], AccessView.From(Access("invoke:x", "y"), 0, PathAnchors.From(For())), For(), explain: true);

        trial.Matched.Should().Be(matched);
        trial.Error.Should().Be("policy p, rule r: broken");
    }

    [Fact]
    public void Decision_RuleFails_RecordsTheError()
    {
        var bundle = new PolicyBundle("x", [Failing(Effect.Deny)], FloorCompiler.Compile(FloorSettings.Default));

        var decision = Evaluator.Evaluate(bundle, For(Access("invoke:x", "y")));

        decision.Effect.Should().Be(Effect.Deny);
        decision.Rule.Should().Be("r");
        decision.Errors.Should().Equal("policy p, rule r: broken");
    }

    private static PolicyCompiled Failing(Effect effect)
    {
        var rule = new RuleDefinition { Id = "r", Effect = effect, Actions = ["*"], Resource = new ResourceDefinition() };
        var compiled = new RuleCompiled(rule, [ActionPattern.Parse("*")!], new ResourceBlock([[new BrokenTest()]], null), null, null, []);
        return new PolicyCompiled(new PolicyDefinition { Name = "p", Path = "p.yaml", Digest = "sha256:0", Rules = [rule] }, null, [compiled]);
    }

    private sealed class BrokenTest : ResourceTest
    {
        public override string Shown => "is broken";

        public override bool IsMatch(Spelling spelling, bool generous) => throw new InvalidOperationException("broken");
    }
}
