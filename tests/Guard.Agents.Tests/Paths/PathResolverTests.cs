using Guard.Agents.Paths;

namespace Guard.Agents.Tests.Paths;

public sealed class PathResolverTests
{
    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a//b/", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/../../b", "/b")]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/a/.env", "/a/.env")]
    public void Lexical_AnyPath_HasNoDots(string path, string lexical) => PathResolver.Lexical(path).Should().Be(lexical);

    [Theory]
    [InlineData("a", "/w/a")]
    [InlineData("/a", "/a")]
    [InlineData("~/a", "/home/dev/a")]
    [InlineData("~", "/home/dev")]
    [InlineData("~root/a", "/w/~root/a")]
    [InlineData("", null)]
    [InlineData("a\0b", null)]
    public void Absolute_AnyText_StartsAtTheRightFolder(string text, string? absolute) =>
        PathResolver.Absolute(text, "/w", "/home/dev").Should().Be(absolute);

    [Fact]
    public void Absolute_WithoutFolderOrHome_IsUnknown()
    {
        PathResolver.Absolute("a", null, "/home/dev").Should().BeNull();
        PathResolver.Absolute("a", "relative", "/home/dev").Should().BeNull();
        PathResolver.Absolute("~/a", "/w", null).Should().BeNull();
        PathResolver.Absolute("/a\ud800", "/w", null).Should().BeNull();
        PathResolver.Absolute("/" + new string('a', PathResolver.MaxLength), "/w", null).Should().BeNull();
    }

    /// <summary>Rows: path_resolution(7).</summary>
    [Theory]
    [InlineData("/w/a.txt", "/w/a.txt")]
    [InlineData("/w/link", "/etc/passwd")]
    [InlineData("/w/new/file", "/w/new/file")]
    [InlineData("/w/dangling", "/etc/cron.d/new")]
    [InlineData("/w/folder-link/x/y", "/srv/data/x/y")]
    [InlineData("/w/folder-link/../secret", "/srv/secret")]
    [InlineData("/w/relative", "/w/a.txt")]
    [InlineData("/w/new/../a.txt", null)]
    [InlineData("/w/loop", null)]
    [InlineData("/w/a.txt/below", null)]
    [InlineData("/locked/x", null)]
    [InlineData("/proc/self/environ", "/proc/self/environ")]
    [InlineData("/", "/")]
    public void Resolve_StatedTree_FollowsLinksAsTheKernelDoes(string path, string? real) =>
        PathResolver.Resolve(Tree(), path).Real.Should().Be(real);

    [Theory]
    [InlineData("/proc/1/root/etc/shadow")]
    [InlineData("/proc/self/cwd/.env")]
    [InlineData("/proc/self/fd/3")]
    [InlineData("/proc/12/task/13/root")]
    [InlineData("/proc/thread-self/fd/0")]
    [InlineData("/w/through")]
    [InlineData("/dev/stdin")]
    public void Resolve_ThroughAProcess_IsSaid(string path)
    {
        var resolved = PathResolver.Resolve(Tree(), path);
        resolved.ThroughProcess.Should().BeTrue();
        resolved.Real.Should().BeNull();
    }

    [Fact]
    public void Resolve_OnTheMachine_AgreesWithTheStatedTree()
    {
        var root = Directory.CreateTempSubdirectory("guard-paths").FullName;
        root = PathResolver.Resolve(new MachinePathView(), root).Real!;
        Directory.CreateDirectory(root + "/real/inner");
        File.WriteAllText(root + "/real/file", "");
        File.CreateSymbolicLink(root + "/link", "real");
        File.CreateSymbolicLink(root + "/dangling", root + "/nowhere/file");
        File.CreateSymbolicLink(root + "/loop", "loop");
        var stated = new StatedPathView().AddFolder(root + "/real/inner").AddFile(root + "/real/file")
            .AddLink(root + "/link", "real").AddLink(root + "/dangling", root + "/nowhere/file").AddLink(root + "/loop", "loop");

        foreach (var path in new[] { "real/file", "link/file", "link/inner/../../x", "link/new/y", "dangling", "loop/x", "real/file/x", "link/" })
        {
            var machine = PathResolver.Resolve(new MachinePathView(), root + "/" + path);
            machine.Should().Be(PathResolver.Resolve(stated, root + "/" + path), "of {0}", path);
        }

        PathResolver.Resolve(new MachinePathView(), root + "/link/file").Real.Should().Be(root + "/real/file");
        new MachinePathView().FormOf(root + "/link/file").Should().Be(PathEntryForm.File);
        Directory.Delete(root, recursive: true);
    }

    private static StatedPathView Tree() => new StatedPathView()
        .AddFile("/w/a.txt").AddLink("/w/link", "/etc/passwd").AddFile("/etc/passwd").AddLink("/w/dangling", "/etc/cron.d/new")
        .AddFolder("/srv/data").AddLink("/w/folder-link", "../srv/data").AddLink("/w/relative", "./a.txt").AddLink("/w/loop", "loop")
        .AddUnreadable("/locked/x").AddLink("/w/through", "/proc/self/fd/9").AddLink("/dev/stdin", "/proc/self/fd/0").AddFolder("/proc/self");
}
