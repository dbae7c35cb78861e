using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents.Tests.Workspaces;

/// <summary>Repository, branch and policy of a workspace, read from its files as anybody may have written them.</summary>
public sealed class WorkspaceFactsTests
{
    private const string Config = "[core]\n\tbare = false\n[remote \"fork\"]\n\turl = https://git.example/me/app\n[remote \"origin\"]\n\tfetch = +refs/*\n\turl = git@github.com:acme/app.git\n";

    [Fact]
    public void Workspace_OfARepository_StatesProjectAndBranch() =>
        Facts(Git()).Should().BeEquivalentTo(new { Project = "github.com/acme/app", Branch = "feature/x", Host = "dev-box", Policy = (WorkspacePolicy?)null });

    [Fact]
    public void Workspace_BelowTheRepositorysFolder_FindsIt() =>
        Facts(Git(), "/w/app/packages/web").Project.Should().Be("github.com/acme/app");

    [Fact]
    public void Workspace_OfALinkedWorktree_FollowsIt()
    {
        var view = Git().AddText("/w/tree/.git", "gitdir: /w/app/.git/worktrees/tree\n")
            .AddText("/w/app/.git/worktrees/tree/HEAD", "ref: refs/heads/other\n").AddText("/w/app/.git/worktrees/tree/commondir", "../..\n");

        Facts(view, "/w/tree").Should().BeEquivalentTo(new { Project = "github.com/acme/app", Branch = "other" });
    }

    [Theory]
    [InlineData("8c1f9d2b7a\n")]
    [InlineData("ref: refs/heads/\u0007\n")]
    [InlineData("ref: refs/tags/v1\n")]
    [InlineData("")]
    public void Branch_ThatIsNone_IsNotStated(string head) => Facts(Git().AddText("/w/app/.git/HEAD", head)).Branch.Should().BeNull();

    [Fact]
    public void Branch_LongerThanAnyName_IsNotStated() => Facts(Git().AddText("/w/app/.git/HEAD", "ref: refs/heads/" + new string('x', 600))).Branch.Should().BeNull();

    [Theory]
    [InlineData("https://github.com/acme/app.git", "github.com/acme/app")]
    [InlineData("https://bot:token@GitHub.com/acme/App", "github.com/acme/App")]
    [InlineData("ssh://git@git.example:2222/acme/app.git/", "git.example/acme/app")]
    [InlineData("git@github.com:acme/app.git", "github.com/acme/app")]
    [InlineData("git.example:app", "git.example/app")]
    [InlineData("/srv/git/app.git", null)]
    [InlineData("../app", null)]
    [InlineData("file:///srv/git/app.git", null)]
    [InlineData("https://github.com", null)]
    [InlineData("", null)]
    public void Project_OfAnAddress_IsHostAndPathAlone(string address, string? project) => WorkspaceFacts.ProjectOf(address).Should().Be(project);

    [Fact]
    public void Policy_OfTheWorkspace_IsSentWithItsDigest()
    {
        var policy = Facts(Git().AddText("/w/app/.guard/policy.yaml", "rules: []\n")).Policy!;

        // printf 'rules: []\n' | sha256sum
        policy.Should().Be(new WorkspacePolicy { Digest = Sha256.Digest("rules: []\n"u8), Text = "rules: []\n" });
    }

    [Theory]
    [InlineData("binary \0")]
    [InlineData("not text \ufffd")]
    public void Policy_ThatIsNoText_IsRefused(string text)
    {
        var act = () => Facts(Git().AddText("/w/app/.guard/policy.yaml", text));

        act.Should().Throw<UnreadableInputException>().WithMessage("the workspace's policy .guard/policy.yaml is not text*");
    }

    [Fact]
    public void Policy_ThatIsTooLongOrUnreadable_IsRefused()
    {
        var tooLong = () => Facts(Git().AddText("/w/app/.guard/policy.yaml", new string('#', WorkspacePolicy.MaxBytes + 1)));
        var unreadable = () => Facts(Git().AddUnreadable("/w/app/.guard/policy.yaml"));
        var folder = () => Facts(Git().AddFolder("/w/app/.guard/policy.yaml"));

        tooLong.Should().Throw<UnreadableInputException>();
        unreadable.Should().Throw<UnreadableInputException>();
        folder.Should().Throw<UnreadableInputException>();
    }

    private static StatedPathView Git() => new StatedPathView().AddText("/w/app/.git/HEAD", "ref: refs/heads/feature/x\n").AddText("/w/app/.git/config", Config).AddFolder("/w/app/packages/web");

    private static ToolCall Facts(StatedPathView view, string workspace = "/w/app") => WorkspaceFacts.AddTo(
        new ToolCall { Client = "claude-code", Event = "PreToolUse", Tool = "Read", Workspace = new Place { Written = workspace, Real = workspace } }, view, "dev-box");
}
