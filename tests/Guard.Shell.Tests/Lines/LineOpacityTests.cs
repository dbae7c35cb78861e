using Guard.Shell.Lines;

namespace Guard.Shell.Tests.Lines;

/// <summary>Lines that do something which is not followed, each seen in bash to do what it seems not to.</summary>
public sealed class LineOpacityTests
{
    /// <summary>Standard input that an earlier command has read from starts somewhere within: there a here-document has lost its beginning.</summary>
    [Theory]
    [InlineData("{ read x; bash; } <<'Q'\n: <<E\ncat .env\nE\nQ")]
    [InlineData("{ (read x); bash; } <<'Q'\n: <<E\ncat .env\nE\nQ")]
    [InlineData("printf ': <<E\\ncat .env\\nE\\n' | { read x; bash; }")]
    [InlineData("{ bash; bash; } <<'Q'\nexit; : <<E\ncat .env\nE\nQ")]
    [InlineData("f() { read x; }; { f; bash; } <<'Q'\n: <<E\ncat .env\nE\nQ")]
    [InlineData("{ x=$(head -c 7); bash; } <<'Q'\n: <<E\ncat .env\nE\nQ")]
    [InlineData("{ read x < /dev/stdin; bash; } <<'Q'\n: <<E\ncat .env\nE\nQ")]
    [InlineData("exec <<< ls; [ -e nope ] || exec <<< 'cat .env'; bash")]
    public void Of_InputReadBefore_IsOpaque(string line) => OpacityOf(line).Should().NotBeEmpty();

    /// <summary>The text of a trap runs between other commands.</summary>
    [Theory]
    [InlineData("trap 'cd pkg 2>/dev/null' DEBUG; cat c.txt")]
    [InlineData("trap 'set -- .env' DEBUG; set -- a.txt; cat \"$1\"")]
    [InlineData("trap 'cat() { command cat .env; }' ERR; false; cat a.txt")]
    [InlineData("trap 'unset -f ls' DEBUG; ls() { :; }; ls .env")]
    [InlineData("trap 'echo .env' DEBUG; set -T; cat $(echo a.txt)")]
    [InlineData("g() { cd pkg; }; trap g ERR; false; cat *.txt")]
    public void Of_TrapThatMovesTheShell_IsOpaque(string line) => OpacityOf(line).Should().NotBeEmpty();

    /// <summary>What is declared for an array is read as elements, and subscripts are calculated.</summary>
    [Theory]
    [InlineData("declare -a 'x=($(cat .env >&2))'")]
    [InlineData("declare -a \"x=([0]=.env)\"; cat \"${x[0]}\"")]
    [InlineData("f() { local -a 'x=(.env)'; cat \"$x\"; }; f")]
    [InlineData("x=(a.txt); declare 'x=(.env)'; cat \"$x\"")]
    [InlineData("mapfile -t x < a.txt; declare 'x=(.env)'; cat \"$x\"")]
    [InlineData("x='b[$(cat .env >&2)0]'; declare -a a=([x]=1)")]
    [InlineData("x='b[$(cat .env >&2)0]'; exec {a[x]}< a.txt")]
    public void Of_TextForArray_IsOpaque(string line) => OpacityOf(line).Should().NotBeEmpty();

    /// <summary>dash reads these in another way than bash.</summary>
    [Theory]
    [InlineData("sh -c 'case b in [^a]) :;; *) cat .env;; esac'")]
    [InlineData("sh -c 'cat [^a]*'")]
    [InlineData("sh -c 'x=b; echo \"${x#[^a]}\"'")]
    [InlineData("sh -c $'function\\tf {\\ncat .env\\n}'")]
    [InlineData("sh -c 'time cat .env'")]
    [InlineData("sh -c 'if time cat .env; then ls; fi'")]
    [InlineData("sh -c 'cat 10<a.txt'")]
    [InlineData("sh -c 'cat q{a{b},c}'")]
    public void Of_TextThatDashReadsOtherwise_IsOpaque(string line) => OpacityOf(line).Should().Contain("shell.other-shell");

    [Theory]
    [InlineData("sh -c 'grep \"[^a]\" a.txt'")]
    [InlineData("sh -c 'echo \"it is time to go\"'")]
    [InlineData("sh -c 'cat runtime a.txt'")]
    [InlineData("sh -c 'cat a.txt 2>/dev/null'")]
    public void Of_TextThatDashReadsAlike_IsNotOpaque(string line) => OpacityOf(line).Should().BeEmpty();

    /// <summary>Programs write scripts by other ways than redirects.</summary>
    [Theory]
    [InlineData("sort -o s.sh <<< 'cat .env'; bash s.sh")]
    [InlineData("uniq - s.sh <<< 'cat .env'; bash s.sh")]
    [InlineData("find a.txt -fprintf s.sh 'cat .env\\n'; bash s.sh")]
    [InlineData("split -l 1 - s. <<< 'cat .env'; bash s.aa")]
    [InlineData("sort -o ~/.bashrc <<< 'cat .env'; bash -ic ls")]
    [InlineData("sort -o .git/hooks/pre-commit a.txt; git commit -m x")]
    public void Of_ScriptThatAProgramWrites_IsOpaque(string line) => OpacityOf(line).Should().Contain("shell.written-code");

    /// <summary>Commands that start others, and options that change how a text is read.</summary>
    [Theory]
    [InlineData("jobs -x cat .env")]
    [InlineData("env -S'cat .env' a.txt")]
    [InlineData("bash -ac 'ls() { cat .env; }; bash -c ls'")]
    [InlineData("bash -fc 'cat *.txt'")]
    [InlineData("bash +B -c 'cat {a,b}.txt'")]
    [InlineData("bash -o noglob -c 'cat *.txt'")]
    [InlineData("set +B; cat {a,b}.txt")]
    public void Of_WhatChangesReading_IsOpaque(string line) => OpacityOf(line).Should().NotBeEmpty();

    [Theory]
    [InlineData("trap 'rm -f q; exit 1' INT TERM; cat a.txt")]
    [InlineData("trap 'rc=$?; rm -f q; exit $rc' ERR; cat a.txt")]
    [InlineData("trap 'last=$this; this=$BASH_COMMAND' DEBUG; cat a.txt")]
    [InlineData("f() { while read -r l; do local x=$(date); echo \"$x\"; done < a.txt; }; f")]
    [InlineData("declare -A m=([a]=1 [b-c]=2 [\"d e\"]=3); cat a.txt")]
    [InlineData("set -a; . ./.env; set +a; ls")]
    [InlineData("cat a.txt & wait $!")]
    [InlineData("a=(x y); for i in \"${!a[@]}\"; do echo \"${a[i]}\"; done")]
    [InlineData("a=(x y); unset 'a[0]'; echo \"${a[@]}\"")]
    [InlineData("gcc -o app a.c && ./app")]
    [InlineData("ps aux | { head -1; grep foo; }")]
    public void Of_EverydayLine_IsNotOpaque(string line) => OpacityOf(line).Should().BeEmpty();

    private static IEnumerable<string> OpacityOf(string line) => LineAccesses.Of(line, Place.Facts).Opaque.Select(static o => o.Code);
}
