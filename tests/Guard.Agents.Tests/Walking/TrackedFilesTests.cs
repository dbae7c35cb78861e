using System.Diagnostics;
using System.Text.Json;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents.Tests.Walking;

/// <summary>What git tracks although it is ignored: repositories that the real git makes, with every form of index it writes.</summary>
public sealed class TrackedFilesTests : IDisposable
{
    private static readonly WalkNames Names = new() { Id = "sha256:0", Names = [".env", "*.pem"] };

    private readonly string _root = Directory.CreateTempSubdirectory("guard-git").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("update-index --index-version 2", "tracked")]
    [InlineData("update-index --index-version 3", "tracked")]
    [InlineData("update-index --index-version 4", "tracked")]
    [InlineData("add -N later.txt", "tracked")] // version 3 by need
    [InlineData("update-index --split-index", "all")]
    [InlineData("update-index --untracked-cache", "tracked")]
    public void Diff_InARepositoryWithIgnoredFiles_MeansThoseThatAreTracked(string command, string expected)
    {
        Fill();
        Git(command.Split(' '));

        Found("git diff").Should().BeEquivalentTo(expected == "all" ? [".env", "keys/a.pem", "node_modules/m/.env", "secret/.env", "secret/b.pem"] : [".env", "secret/b.pem"]);
    }

    [Fact]
    public void Diff_BeforeAnythingIsAdded_MeansNothingIgnored()
    {
        Git("init", "-q", ".");
        Write(".gitignore", ".env\n");
        Write(".env", "");

        Found("git diff").Should().BeEmpty();
    }

    [Fact]
    public void Diff_OfAnotherHash_MeansEveryFile()
    {
        Git("init", "-q", "--object-format=sha256", ".");
        Write(".gitignore", ".env\n");
        Write(".env", "");
        Git("add", ".gitignore");

        Found("git diff").Should().Equal(".env");
    }

    [Fact]
    public void Diff_InAWorktree_GoesByItsOwnIndex()
    {
        Fill();
        Git("commit", "-qm", "x");
        Git("worktree", "add", "-q", "tree");
        Write("tree/keys/a.pem", "");

        Found("git diff", _root + "/tree").Should().BeEquivalentTo(".env", "secret/b.pem");
    }

    [Theory]
    [InlineData("rg --hidden x")]
    [InlineData("fd -H .")]
    public void Search_ByAProgramThatAsksNoIndex_PassesOverWhatIsIgnored(string line)
    {
        Fill();

        Found(line).Should().BeEmpty();
    }

    [Fact]
    public void Index_WhoseNamesRepeatALongOneWithoutEnd_LeavesNothingOut()
    {
        Fill();
        const int Entries = 20_000;
        using (var index = new MemoryStream())
        {
            index.Write([.. "DIRC"u8, 0, 0, 0, 4, 0, 0, Entries >> 8, Entries & 255]);
            for (var i = 0; i < Entries; i++)
            {
                // Nothing of the name before goes; the first one has 4,000 letters.
                index.Write(new byte[62]);
                index.WriteByte(0);
                index.Write(System.Text.Encoding.ASCII.GetBytes(new string('n', i == 0 ? 4_000 : 1)));
                index.WriteByte(0);
            }

            index.Write(new byte[20]);
            File.WriteAllBytes(_root + "/.git/index", index.ToArray());
        }

        Found("git diff").Should().Contain("keys/a.pem");
    }

    [Theory]
    [InlineData("gitdir: /tmp/a\0b\n")]
    [InlineData("gitdir:")]
    [InlineData("elsewhere")]
    public void Pointer_ThatLeadsNowhere_LeavesNothingOut(string file)
    {
        Write(".gitignore", ".env\n");
        Write(".env", "");
        Write(".git", file);

        Found("git diff").Should().Equal(".env");
    }

    [Fact]
    public void Index_CutAnywhere_LeavesNothingOut()
    {
        Fill();
        var index = File.ReadAllBytes(_root + "/.git/index");
        for (var length = 0; length < index.Length; length += 7)
        {
            File.WriteAllBytes(_root + "/.git/index", index[..length]);

            Found("git diff").Should().Contain("keys/a.pem", "the index is cut to {0} bytes", length);
        }
    }

    [Fact]
    public void Index_DamagedAnywhere_NeverEndsTheHook()
    {
        Fill();
        Git("update-index", "--index-version", "4");
        var index = File.ReadAllBytes(_root + "/.git/index");
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var damaged = (byte[])index.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_root + "/.git/index", damaged);

            Found("git diff").Should().NotBeNull();
        }
    }

    private void Fill()
    {
        Git("init", "-q", ".");
        Write(".gitignore", ".env\nsecret/\nkeys/\nnode_modules/\n");
        foreach (var name in (string[])[".env", "later.txt", "src/a.js", "secret/b.pem", "secret/.env", "keys/a.pem", "node_modules/m/.env", .. Enumerable.Range(0, 40).Select(i => $"src/{new string('n', i)}.ts")])
        {
            Write(name, "x");
        }

        Git("add", "--", ".gitignore", "src");
        Git("add", "-f", "--", ".env", "secret/b.pem");
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_root, name))!);
        File.WriteAllText(Path.Combine(_root, name), text);
    }

    private List<string> Found(string line, string? folder = null)
    {
        var root = folder ?? _root;
        var context = new AdapterContext { Paths = new MachinePathView(), Workspace = root, Walk = () => Names };
        var accesses = ClaudeCodeAdapter.AdaptTool("Bash", JsonSerializer.SerializeToUtf8Bytes(new { command = line }), root, context).Accesses;
        return [.. accesses.Where(a => a.Why == "path.in-subtree").Select(a => a.Resource[(root.Length + 1)..]).Distinct()];
    }

    private void Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = _root, RedirectStandardError = true, UseShellExecute = false };
        string[] always = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.hooksPath=/dev/null"];
        foreach (var argument in always.Concat(arguments)) start.ArgumentList.Add(argument);
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_SYSTEM"] = "/dev/null";
        using var git = Process.Start(start)!;
        var error = git.StandardError.ReadToEnd();
        git.WaitForExit();
        git.ExitCode.Should().Be(0, "git {0}: {1}", string.Join(' ', arguments), error);
    }
}
