using Guard.Shell.Expansion;

namespace Guard.Shell.Tests.Expansion;

public sealed class StatedGlobViewTests
{
    private readonly StatedGlobView _view = new(["/w/a.txt", "/w/src/b.cs", "/w/empty/"]);

    [Fact]
    public void List_StatedFolder_GivesFilesAndFolders()
    {
        _view.List("/w").Should().BeEquivalentTo(["a.txt", "src", "empty"]);
        _view.List("/w/src/../src/").Should().Equal("b.cs");
        _view.List("/w/empty").Should().BeEmpty();
        _view.List("/w/a.txt").Should().BeNull();
    }

    [Fact]
    public void Exists_StatedPaths_AreTold()
    {
        _view.Exists("/w/a.txt").Should().BeTrue();
        _view.Exists("/w/a.txt/").Should().BeFalse();
        _view.Exists("/w/none").Should().BeFalse();
        _view.IsDirectory("/w/src").Should().BeTrue();
        _view.IsDirectory("/w/a.txt").Should().BeFalse();
    }

    [Fact]
    public void New_RelativePath_IsRefused() => FluentActions.Invoking(() => new StatedGlobView(["a"])).Should().Throw<ArgumentException>();
}
