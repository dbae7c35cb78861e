using System.Text.Json;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents.Tests.Walking;

/// <summary>Section "Subtrees" of the policy language: where a rule could match inside a folder, the real files settle it.</summary>
public sealed class SubtreeTests
{
    private static readonly WalkNames Names = new() { Id = "sha256:0", Names = [".env", ".env.*", "*.pem", ".git/hooks/**", ".claude/**"] };

    [Theory]
    [InlineData("grep -r x src", "")]
    [InlineData("grep -r x .", ".env node_modules/x/.env .git/hooks .git/hooks/pre-commit config/dev.PEM .claude .claude/settings.json")]
    [InlineData("grep -r --exclude='.env*' --exclude-dir=.git x .", "config/dev.PEM .claude .claude/settings.json")]
    [InlineData("grep -r --include=*.js x .", "")]
    [InlineData("rg x", "config/dev.PEM")]
    [InlineData("rg --hidden x", ".git/hooks .git/hooks/pre-commit config/dev.PEM .claude .claude/settings.json")]
    [InlineData("rg -g '.env' x", ".env node_modules/x/.env")]
    [InlineData("git add .", "config/dev.PEM .claude .claude/settings.json")]
    [InlineData("git add src", "")]
    [InlineData("cp -r config /tmp", "config/dev.PEM")]
    [InlineData("cp -r .git/hooks /tmp/x", ".git/hooks/pre-commit")]
    [InlineData("rm -rf src node_modules", "node_modules/x/.env")]
    [InlineData("find . -name '*.js' -delete", "")]
    [InlineData("find . -name '*.PEM' -delete", "config/dev.PEM")]
    public void Subtree_LookedThrough_ShowsTheFilesThatRulesCouldMean(string line, string found)
    {
        var accesses = Adapt(line, Tree());

        accesses.Where(a => a.Subtree).Should().NotBeEmpty().And.OnlyContain(a => a.Walked);
        accesses.Where(a => a.Why == "path.in-subtree").Select(a => a.Resource["/home/dev/app/".Length..]).Distinct()
            .Should().BeEquivalentTo(found.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        accesses.Where(a => a.Why == "path.in-subtree" && (!a.Inert || a.Subtree)).Should().BeEmpty();
    }

    [Fact]
    public void Subtree_WithoutNames_IsNotLookedThrough() =>
        Adapt("grep -r x src", Tree(), null).Where(a => a.Subtree).Should().NotBeEmpty().And.OnlyContain(a => !a.Walked);

    [Theory]
    [InlineData("grep -r x locked", false)]
    [InlineData("grep -r x src", true)]
    public void Subtree_WithAFolderThatCannotBeRead_IsNotSettled(string line, bool walked) =>
        Adapt(line, Tree().AddFile("/home/dev/app/locked/a").AddUnreadable("/home/dev/app/locked/b")).Where(a => a.Subtree).Should().OnlyContain(a => a.Walked == walked || line.Contains("locked", StringComparison.Ordinal));

    [Theory]
    [InlineData("grep -r x linked", "")]
    [InlineData("grep -R x linked", "/home/dev/.ssh/id_rsa /srv/**")]
    [InlineData("scp -r linked host:", "/home/dev/.ssh/id_rsa /srv/**")]
    public void Subtree_WithLinks_CountsTheirTargetsWhereTheProgramFollowsThem(string line, string targets)
    {
        var tree = Tree().AddLink("/home/dev/app/linked/key", "/home/dev/.ssh/id_rsa").AddLink("/home/dev/app/linked/out", "/srv").AddFolder("/srv").AddFile("/home/dev/.ssh/id_rsa");

        Adapt(line, tree).Where(a => a.Why == "path.linked-from-subtree").Select(a => a.Resource + (a.Subtree ? "/**" : "")).Distinct()
            .Should().BeEquivalentTo(targets.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Subtree_WithMoreFilesThanAreSent_IsNotSettled()
    {
        var tree = Tree();
        for (var i = 0; i < 300; i++) tree.AddFile($"/home/dev/app/certs/{i}.pem");

        Adapt("cp -r certs /tmp", tree).Where(a => a.Subtree && a.Action == Actions.ReadFile).Should().OnlyContain(a => !a.Walked);
    }

    [Fact]
    public void Grep_OverAFolder_PassesOverIgnoredFilesOnly()
    {
        var accesses = ClaudeCodeAdapter.AdaptTool("Grep", """{"pattern":"x"}"""u8.ToArray(), "/home/dev/app", Context(Tree(), Names)).Accesses;

        accesses.Where(a => a.Why == "path.in-subtree").Select(a => a.Resource).Should().Contain("/home/dev/app/config/dev.PEM").And.NotContain("/home/dev/app/.env");
    }

    [Fact]
    public void Walk_OnTheMachine_FindsWhatTheStatedTreeSays()
    {
        var root = Directory.CreateTempSubdirectory("guard-walk").FullName;
        Directory.CreateDirectory(root + "/a/b");
        File.WriteAllText(root + "/a/b/.env", "");
        File.WriteAllText(root + "/a/x.txt", "");
        Directory.CreateSymbolicLink(root + "/a/loop", root);

        var accesses = ClaudeCodeAdapter.AdaptTool("Bash", """{"command":"grep -r x ."}"""u8.ToArray(), root, new AdapterContext { Paths = new MachinePathView(), Workspace = root, Walk = () => Names }).Accesses;

        accesses.Single(a => a.Subtree).Walked.Should().BeTrue();
        accesses.Where(a => a.Why == "path.in-subtree").Select(a => a.Resource).Should().Equal(root + "/a/b/.env");
        Directory.Delete(root, recursive: true);
    }

    private static StatedPathView Tree() => new StatedPathView()
        .AddFile("/home/dev/app/src/a.js").AddFile("/home/dev/app/.env").AddFile("/home/dev/app/config/dev.PEM")
        .AddFile("/home/dev/app/.git/HEAD").AddFile("/home/dev/app/.git/hooks/pre-commit").AddFile("/home/dev/app/.claude/settings.json")
        .AddFile("/home/dev/app/node_modules/x/.env").AddText("/home/dev/app/.gitignore", "node_modules/\n.env\n").AddFolder("/tmp");

    private static IReadOnlyList<Access> Adapt(string line, StatedPathView tree) => Adapt(line, tree, Names);

    private static IReadOnlyList<Access> Adapt(string line, StatedPathView tree, WalkNames? names) =>
        ClaudeCodeAdapter.AdaptTool("Bash", JsonSerializer.SerializeToUtf8Bytes(new { command = line }), "/home/dev/app", Context(tree, names)).Accesses;

    private static AdapterContext Context(StatedPathView tree, WalkNames? names) =>
        new() { Paths = tree, Home = "/home/dev", Workspace = "/home/dev/app", Walk = () => names };
}
