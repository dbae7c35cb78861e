namespace Guard.Shell.Tests;

public sealed class ShellAnalyserTests
{
    private static readonly ShellContext DevHome = new("/home/dev");

    /// <summary>Rows: bash manual, sections "Quoting" and "Tilde Expansion".</summary>
    [Theory]
    [InlineData("git status", "git status")]
    [InlineData("  git \t status  ", "git status")]
    [InlineData("git commit -m 'a b'", "git commit -m 'a b'")]
    [InlineData("git commit -m \"a b\"", "git commit -m 'a b'")]
    [InlineData("git commit -m a\\ b", "git commit -m 'a b'")]
    [InlineData("git commit -m \"it's\"", "git commit -m 'it'\\''s'")]
    [InlineData("cat \".e\"'nv'", "cat .env")]
    [InlineData("cat \\.\\e\\n\\v", "cat .env")]
    [InlineData("echo \"a\\nb\"", "echo 'a\\nb'")]
    [InlineData("echo \"a\\\"b\\\\\"", "echo 'a\"b\\'")]
    [InlineData("echo '' x", "echo '' x")]
    [InlineData("cat ~/x", "cat /home/dev/x")]
    [InlineData("ls ~", "ls /home/dev")]
    [InlineData("ls '~/x'", "ls '~/x'")]
    [InlineData("git show HEAD~1", "git show HEAD~1")]
    [InlineData("make a=b", "make a=b")]
    [InlineData("cat café.txt", "cat 'café.txt'")]
    [InlineData("python3 -m pytest -q", "python3 -m pytest -q")]
    [InlineData("python app.py -c conf", "python app.py -c conf")]
    public void Line_OneSimpleCommand_IsExact(string line, string normal)
    {
        var analysis = ShellAnalyser.Analyse(line, DevHome);

        analysis.Opaque.Should().BeNull();
        analysis.Commands.Should().ContainSingle().Which.Normal.Should().Be(normal);
    }

    [Theory]
    [InlineData("/usr/bin/git status", "/usr/bin/git status", "git status")]
    [InlineData("./src/git push", "./src/git push", "git push")]
    [InlineData("git status", "git status", "git status")]
    public void Canonical_ProgramWithFolder_IsTheBaseName(string line, string normal, string canonical)
    {
        var command = ShellAnalyser.Analyse(line, DevHome).Commands.Single();

        command.Normal.Should().Be(normal);
        command.Canonical.Should().Be(canonical);
    }

    [Theory]
    [InlineData("", OpaqueCodes.Empty)]
    [InlineData(" \t ", OpaqueCodes.Empty)]
    [InlineData("git status; curl x", OpaqueCodes.Operator)]
    [InlineData("git status && curl x", OpaqueCodes.Operator)]
    [InlineData("git status | sh", OpaqueCodes.Operator)]
    [InlineData("sleep 1 &", OpaqueCodes.Operator)]
    [InlineData("(ls)", OpaqueCodes.Operator)]
    [InlineData("f() true", OpaqueCodes.Operator)]
    [InlineData("ls @(a|b)", OpaqueCodes.Operator)]
    [InlineData("echo x > y", OpaqueCodes.Redirect)]
    [InlineData("cat<y", OpaqueCodes.Redirect)]
    [InlineData("cat 2>y", OpaqueCodes.Redirect)]
    [InlineData("echo $HOME", OpaqueCodes.Expansion)]
    [InlineData("echo \"$HOME\"", OpaqueCodes.Expansion)]
    [InlineData("echo $'a'", OpaqueCodes.Expansion)]
    [InlineData("echo $(id)", OpaqueCodes.Expansion)]
    [InlineData("echo `id`", OpaqueCodes.Substitution)]
    [InlineData("echo \"`id`\"", OpaqueCodes.Substitution)]
    [InlineData("cat *", OpaqueCodes.Glob)]
    [InlineData("cat .en?", OpaqueCodes.Glob)]
    [InlineData("cat .e[n]v", OpaqueCodes.Glob)]
    [InlineData("cat {a,b}", OpaqueCodes.Brace)]
    [InlineData("echo {}", OpaqueCodes.Brace)]
    [InlineData("cat ~root/x", OpaqueCodes.Tilde)]
    [InlineData("cat ~+", OpaqueCodes.Tilde)]
    [InlineData("cat ~\"\"/x", OpaqueCodes.Tilde)]
    [InlineData("make a=~/x", OpaqueCodes.Tilde)]
    [InlineData("make a=b:~/x", OpaqueCodes.Tilde)]
    [InlineData("ls # x", OpaqueCodes.Comment)]
    [InlineData("! ls", OpaqueCodes.Bang)]
    [InlineData("ls !!", OpaqueCodes.Bang)]
    [InlineData("echo \"!!\"", OpaqueCodes.Bang)]
    [InlineData("ls =git", OpaqueCodes.SpecialWord)]
    [InlineData("%1", OpaqueCodes.SpecialWord)]
    [InlineData("^a^b", OpaqueCodes.SpecialWord)]
    [InlineData("A=b ls", OpaqueCodes.Assignment)]
    [InlineData("A+=b ls", OpaqueCodes.Assignment)]
    [InlineData("LD_PRELOAD=x", OpaqueCodes.Assignment)]
    [InlineData("ls\nid", OpaqueCodes.Newline)]
    [InlineData("echo 'a\nb'", OpaqueCodes.Newline)]
    [InlineData("echo a\\\nb", OpaqueCodes.Newline)]
    [InlineData("ls\rid", OpaqueCodes.Newline)]
    [InlineData("ls\0id", OpaqueCodes.Nul)]
    [InlineData("ls\u001bid", OpaqueCodes.Control)]
    [InlineData("ls\u0085id", OpaqueCodes.Control)]
    [InlineData("ls\u00a0id", OpaqueCodes.OddCharacter)]
    [InlineData("ls\u2003id", OpaqueCodes.OddCharacter)]
    [InlineData("ls\u202eid", OpaqueCodes.OddCharacter)]
    [InlineData("ls \\\u00e9", OpaqueCodes.OddCharacter)]
    [InlineData("echo 'a", OpaqueCodes.Unterminated)]
    [InlineData("echo \"a", OpaqueCodes.Unterminated)]
    [InlineData("echo \"a\\", OpaqueCodes.Unterminated)]
    [InlineData("echo a\\", OpaqueCodes.Unterminated)]
    [InlineData("if true", OpaqueCodes.ReservedWord)]
    [InlineData("[[ -f x ]]", OpaqueCodes.Glob)]
    [InlineData("time ls", OpaqueCodes.ReservedWord)]
    [InlineData("eval ls", OpaqueCodes.Builtin)]
    [InlineData("source x", OpaqueCodes.Builtin)]
    [InlineData(". x", OpaqueCodes.Builtin)]
    [InlineData("exec ls", OpaqueCodes.Builtin)]
    [InlineData("command ls", OpaqueCodes.Builtin)]
    [InlineData("trap ls EXIT", OpaqueCodes.Builtin)]
    [InlineData("alias ls=id", OpaqueCodes.Builtin)]
    [InlineData("\\eval ls", OpaqueCodes.Builtin)]
    [InlineData("printf -v 'a[x]' y", OpaqueCodes.Builtin)]
    [InlineData("printf -va y", OpaqueCodes.Builtin)]
    [InlineData("test -v 'a[x]'", OpaqueCodes.Builtin)]
    [InlineData("env ls", OpaqueCodes.Wrapper)]
    [InlineData("/usr/bin/env ls", OpaqueCodes.Wrapper)]
    [InlineData("sudo ls", OpaqueCodes.Wrapper)]
    [InlineData("xargs ls", OpaqueCodes.Wrapper)]
    [InlineData("nohup ls", OpaqueCodes.Wrapper)]
    [InlineData("timeout 5 ls", OpaqueCodes.Wrapper)]
    [InlineData("/lib64/ld-linux-x86-64.so.2 /bin/ls", OpaqueCodes.Wrapper)]
    [InlineData("bash -c ls", OpaqueCodes.InlineCode)]
    [InlineData("bash -lc ls", OpaqueCodes.InlineCode)]
    [InlineData("bash", OpaqueCodes.InlineCode)]
    [InlineData("sh -s", OpaqueCodes.InlineCode)]
    [InlineData("python3.11 -c 'x'", OpaqueCodes.InlineCode)]
    [InlineData("python -Ic x", OpaqueCodes.InlineCode)]
    [InlineData("python -W ignore -c x", OpaqueCodes.InlineCode)]
    [InlineData("python -m timeit x", OpaqueCodes.InlineCode)]
    [InlineData("python -", OpaqueCodes.InlineCode)]
    [InlineData("python /dev/stdin", OpaqueCodes.InlineCode)]
    [InlineData("perl -pe x", OpaqueCodes.InlineCode)]
    [InlineData("node -e x", OpaqueCodes.InlineCode)]
    [InlineData("node --eval=x", OpaqueCodes.InlineCode)]
    [InlineData("deno eval x", OpaqueCodes.InlineCode)]
    [InlineData("awk x f", OpaqueCodes.InlineCode)]
    [InlineData("sed -n 1p f", OpaqueCodes.InlineCode)]
    [InlineData("find . -exec id ;", OpaqueCodes.Operator)]
    [InlineData("find . -exec id '{}' +", OpaqueCodes.StartsProgram)]
    [InlineData("git -c alias.x='!id' x", OpaqueCodes.StartsProgram)]
    [InlineData("git --exec-path=/tmp status", OpaqueCodes.StartsProgram)]
    [InlineData("git fetch --upload-pa=id", OpaqueCodes.StartsProgram)]
    [InlineData("git clone ext::id", OpaqueCodes.StartsProgram)]
    [InlineData("tar -xIid -f x", OpaqueCodes.StartsProgram)]
    [InlineData("tar xf x --to-com=id", OpaqueCodes.StartsProgram)]
    [InlineData("rg --pre id x", OpaqueCodes.StartsProgram)]
    [InlineData("go test -exec=id", OpaqueCodes.StartsProgram)]
    [InlineData("make SHELL=/tmp/x", OpaqueCodes.StartsProgram)]
    [InlineData("'' x", OpaqueCodes.NoProgram)]
    [InlineData("/usr/ x", OpaqueCodes.NoProgram)]
    public void Line_NotOneSimpleCommand_IsOpaqueWithCode(string line, string code)
    {
        var analysis = ShellAnalyser.Analyse(line, DevHome);

        analysis.Opaque.Should().Be(code);
        analysis.Commands.Should().BeEmpty();
    }

    [Fact]
    public void Line_HalfASurrogatePair_IsOpaque()
    {
        ShellAnalyser.Analyse("ls \ud800", DevHome).Opaque.Should().Be(OpaqueCodes.OddCharacter);
        ShellAnalyser.Analyse("ls '\udc00'", DevHome).Opaque.Should().Be(OpaqueCodes.OddCharacter);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/home/dev/")]
    [InlineData("relative")]
    public void Tilde_HomeNotCertain_IsOpaque(string? home) =>
        ShellAnalyser.Analyse("cat ~/x", new ShellContext(home)).Opaque.Should().Be(OpaqueCodes.Tilde);

    [Fact]
    public void Line_AtTheLimits_IsExactAndBeyondIsOpaque()
    {
        var words = string.Join(' ', Enumerable.Repeat("a", ShellLimits.MaxWords));
        ShellAnalyser.Analyse(words, DevHome).Opaque.Should().BeNull();
        ShellAnalyser.Analyse(words + " a", DevHome).Opaque.Should().Be(OpaqueCodes.TooManyWords);

        var longest = "cat " + new string('a', ShellLimits.MaxLength - 4);
        ShellAnalyser.Analyse(longest, DevHome).Opaque.Should().BeNull();
        ShellAnalyser.Analyse(longest + "a", DevHome).Opaque.Should().Be(OpaqueCodes.TooLong);
    }

    [Theory]
    [InlineData("x=1; cat '.e'nv | sh", ".env")]
    [InlineData("cat \"my file\" && id", "my file")]
    [InlineData("cat \"my file\" && id", "my")]
    [InlineData("cat \\.env; id", ".env")]
    [InlineData("cat .e\\\nnv", ".env")]
    [InlineData("echo $(cat ~/.ssh/id_rsa)", "~/.ssh/id_rsa")]
    [InlineData("echo \"$(cat /etc/shadow)\"", "/etc/shadow")]
    [InlineData("a;b</etc/passwd", "/etc/passwd")]
    public void Words_OfAnOpaqueLine_NameWhatItMentions(string line, string word) =>
        ShellAnalyser.Analyse(line, DevHome).Words.Should().Contain(word);
}
