using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Tests.Matching;

/// <summary>The grammar of path globs, one row per sentence of the language's section on files. Workspace /w/app, home /h/dev.</summary>
public sealed class PathGlobTests
{
    private static readonly PathAnchors Anchors = PathAnchors.From(Requests.For() with
    {
        Workspace = new WorkspaceFact { Folder = new FolderSpelling("/w/app", "/real/app") },
        Homes = [new FolderSpelling("/h/dev", "/real/dev"), new FolderSpelling("/h/other", null)],
    });

    [Theory]
    // `*` and `?` stay inside a segment.
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a/b/c", false)]
    [InlineData("/a/*", "/a", false)]
    [InlineData("/a/*.cs", "/a/x.cs", true)]
    [InlineData("/a/*.cs", "/a/.cs", true)]
    [InlineData("/a/x?z", "/a/xyz", true)]
    [InlineData("/a/x?z", "/a/xz", false)]
    [InlineData("/a?b", "/a/b", false)]
    [InlineData("/a/?", "/a/\U0001F600", true)]
    // A leading dot is matched.
    [InlineData("/a/*", "/a/.hidden", true)]
    [InlineData("/a/?env", "/a/.env", true)]
    // `**` crosses, and matches nothing as well.
    [InlineData("/a/**", "/a/b/c/d", true)]
    [InlineData("/a/**", "/a", true)]
    [InlineData("/a/**/z", "/a/z", true)]
    [InlineData("/a/**/z", "/a/b/c/z", true)]
    [InlineData("/a/**/z", "/a/b/c/zz", false)]
    [InlineData("/**", "/", true)]
    [InlineData("**", "/x/y", true)]
    // Classes.
    [InlineData("/a/[abc]", "/a/b", true)]
    [InlineData("/a/[a-c]x", "/a/cx", true)]
    [InlineData("/a/[!a-c]", "/a/d", true)]
    [InlineData("/a/[!a-c]", "/a/b", false)]
    [InlineData("/a/[^a]", "/a/b", true)]
    [InlineData("/a/[]x]", "/a/]", true)]
    [InlineData("/a/[a-]", "/a/-", true)]
    // A backslash makes the next character literal, and is an ordinary character of a path.
    [InlineData(@"/a/\*", "/a/*", true)]
    [InlineData(@"/a/\*", "/a/b", false)]
    [InlineData(@"/a/[\]]", "/a/]", true)]
    [InlineData("/a/b", @"/a\b", false)]
    [InlineData("/a/*", @"/a/b\c", true)]
    // Anchors.
    [InlineData("./x", "/w/app/x", true)]
    [InlineData("./x", "/real/app/x", true)]
    [InlineData("./x", "/w/app/sub/x", false)]
    [InlineData("./x", "/w/appx/x", false)]
    [InlineData("x/y", "/w/app/x/y", true)]
    [InlineData("*.md", "/w/app/a.md", true)]
    [InlineData("*.md", "/w/app/sub/a.md", false)]
    [InlineData("~/x", "/h/dev/x", true)]
    [InlineData("~/x", "/h/other/x", false)]
    [InlineData("~", "/h/dev", true)]
    [InlineData("**/x", "/w/app/sub/x", true)]
    [InlineData("**/x", "/x", true)]
    [InlineData("**/.ssh/**", "/anywhere/.ssh/id_rsa", true)]
    // `./**` covers `.` itself, `x/**` covers `x`.
    [InlineData("./**", "/w/app", true)]
    [InlineData(".", "/w/app", true)]
    [InlineData("src/**", "/w/app/src", true)]
    [InlineData("./**", "/w", false)]
    // Canonical form.
    [InlineData("./.env", "/w/app/src/../.env", true)]
    [InlineData("./src/**", "/w/app/src/../.env", false)]
    [InlineData("./src/./x", "/w/app//src/x", true)]
    // Exact: case and Unicode form count.
    [InlineData("/a/X", "/a/x", false)]
    [InlineData("/a/é", "/a/e\u0301", false)]
    public void Exact_Glob_Matches(string pattern, string path, bool expected) => Match(pattern, path, generous: false).Should().Be(expected);

    [Theory]
    [InlineData("/a/X", "/a/x", true)]
    [InlineData("/a/é", "/a/e\u0301", true)]
    [InlineData("/a/É", "/a/é", true)]
    [InlineData("/a/[A-C]", "/a/b", true)]
    [InlineData("/a/?", "/a/e\u0301", true)]
    [InlineData("./X", "/W/APP/x", true)]
    [InlineData("~/x", "/h/other/x", true)]
    [InlineData("~/x", "/real/dev/x", true)]
    [InlineData("/a/b", "/a/c", false)]
    [InlineData("/a/*", "/a/\ud800", true)]
    public void Generous_Glob_Matches(string pattern, string path, bool expected) => Match(pattern, path, generous: true).Should().Be(expected);

    // "a written path is under `./` if it is under either, a real path if it is under the real one"
    [Theory]
    [InlineData("/w/app/x", false, true)]
    [InlineData("/real/app/x", false, true)]
    [InlineData("/real/app/x", true, true)]
    [InlineData("/w/app/x", true, false)]
    public void Workspace_TwoSpellings_CountAsWritten(string path, bool real, bool expected) =>
        PathGlob.Parse("./**", generous: false, out _)!.IsMatch(AbsolutePath.Parse(path)!, real, subtree: false, Anchors).Should().Be(expected);

    // An allow must cover the whole subtree; a deny matches where anything inside could.
    [Theory]
    [InlineData("./src/**", "/w/app/src", true, true)]
    [InlineData("./src/**", "/w/app/src/sub", true, true)]
    [InlineData("./**", "/w/app/src", true, true)]
    [InlineData("./src/*", "/w/app/src", false, true)]
    [InlineData("./src", "/w/app/src", false, true)]
    [InlineData("./src/**/x", "/w/app/src", false, true)]
    [InlineData("./src/**", "/w/app", false, true)]
    [InlineData("./src/**", "/w", false, true)]
    [InlineData("~/.ssh/**", "/h", false, true)]
    [InlineData("**/.env", "/w/app/src", false, true)]
    [InlineData("./docs/**", "/w/app/src", false, false)]
    [InlineData("/etc/**", "/w/app", false, false)]
    [InlineData("/w/app/src/x", "/w/app", false, true)]
    [InlineData("/w/app/src/x/y", "/w/app/other", false, false)]
    public void Subtree_Glob_CoversOrReachesInto(string pattern, string path, bool covered, bool reached)
    {
        PathGlob.Parse(pattern, generous: false, out _)!.IsMatch(AbsolutePath.Parse(path)!, realPath: false, subtree: true, Anchors).Should().Be(covered);
        PathGlob.Parse(pattern, generous: true, out _)!.IsMatch(AbsolutePath.Parse(path)!, realPath: false, subtree: true, Anchors).Should().Be(reached);
    }

    [Theory]
    [InlineData("/a/[b")]
    [InlineData("/a/b\\")]
    [InlineData("a**b")]
    [InlineData("src/")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("~dev/x")]
    public void Pattern_ThatMeansNothing_IsRefused(string pattern)
    {
        PathGlob.Parse(pattern, generous: false, out var problem).Should().BeNull();
        problem.Should().NotBeNullOrEmpty();
    }

    // `/`, a home folder or a parent of one is no workspace; a deny then looks everywhere.
    [Theory]
    [InlineData("/")]
    [InlineData("/h")]
    [InlineData("/h/dev")]
    [InlineData("/real")]
    [InlineData("/H/DEV/")]
    public void Workspace_RootOrHomeOrAbove_IsRefused(string folder)
    {
        var anchors = PathAnchors.From(Requests.For() with
        {
            Workspace = new WorkspaceFact { Folder = new FolderSpelling(folder, folder) },
            Homes = [new FolderSpelling("/h/dev", "/real/dev")],
        });
        var path = AbsolutePath.Parse("/h/dev/app/secrets/x")!;

        anchors.WorkspaceProblem.Should().Contain("home folder");
        PathGlob.Parse("./**", generous: false, out _)!.IsMatch(path, realPath: false, subtree: false, anchors).Should().BeFalse();
        PathGlob.Parse("./secrets/**", generous: true, out _)!.IsMatch(path, realPath: false, subtree: false, anchors).Should().BeTrue();
    }

    [Fact]
    public void Text_ThatIsHostile_TakesNoExponentialTime()
    {
        // A backtracking matcher would take longer than the age of the universe; the step count here is text times pattern.
        var glob = TextGlob.Parse(string.Concat(Enumerable.Repeat("*a", 60)) + "b", ignoreCase: true, out _)!;
        var path = PathGlob.Parse(string.Concat(Enumerable.Repeat("**/a/", 60)) + "b", generous: true, out _)!;

        glob.IsMatch(new string('a', 100_000)).Should().BeFalse();
        path.IsMatch(AbsolutePath.Parse(string.Concat(Enumerable.Repeat("/a", 4_000)))!, realPath: false, subtree: false, Anchors).Should().BeFalse();
    }

    private static bool Match(string pattern, string path, bool generous) =>
        PathGlob.Parse(pattern, generous, out _)!.IsMatch(AbsolutePath.Parse(path)!, realPath: false, subtree: false, Anchors);
}
