using Guard.Shell.Analysis;
using Guard.Shell.Expansion;

namespace Guard.Shell.Tests.Analysis;

public sealed class LineAnalysisTests
{
    private static readonly ShellState Start = new ShellState { WorkingDirectory = "/w" }
        .With("HOME", ShellValue.Of("/home/dev")).With("PWD", ShellValue.Of("/w")).With("CDPATH", ShellValue.Unset);

    private static readonly StatedGlobView View = new(["/w/pkg/a.ts", "/w/.env", "/w/a.txt", "/w/b.txt"]);

    [Theory]
    [InlineData("cd pkg && npm test", "/w> cd pkg", "/w/pkg> npm test")]
    [InlineData("cd nowhere; rm -rf x", "/w> cd nowhere", "?> rm -rf x")]
    [InlineData("cd nowhere || exit 1; rm x", "/w> cd nowhere", "/w> exit 1", "/w/nowhere> rm x")]
    [InlineData("(cd pkg; ls); ls", "/w> cd pkg", "/w/pkg> ls", "/w> ls")]
    [InlineData("x=.en; cat ${x}v", "/w> ", "/w> cat .env")]
    [InlineData("cat .en?", "/w> cat .env")]
    [InlineData("for f in *.txt; do rm $f; done", "/w> rm a.txt", "/w> rm b.txt")]
    [InlineData("for f in $(ls); do rm \"$f\"; done", "/w> ls", "/w> rm <..>")]
    [InlineData("f() { rm \"$1\"; }; f ~/x", "/w> f /home/dev/x", "/w> rm /home/dev/x")]
    [InlineData("if a; then x=1; else x=2; fi; b $x", "/w> a", "/w> ", "/w> ", "/w> b <..>")]
    [InlineData("eval 'r''m x'", "/w> eval rm x", "/w> rm x")]
    [InlineData("echo $(pwd)/x", "/w> pwd", "/w> echo /w/x")]
    [InlineData("cd \"$(git rev-parse --show-toplevel)\" && ls", "/w> git rev-parse --show-toplevel", "/w> cd <..>", "?> ls")]
    [InlineData("set -- a b; c \"$@\"", "/w> set -- a b", "/w> c a b")]
    [InlineData("$x y", "/w> * y", "UnknownProgram")]
    [InlineData("echo $((a[$b]))", "ArithmeticOnUnknown", "/w> echo *")]
    [InlineData("eval \"$x\"", "/w> eval <..>", "UnknownCode")]
    [InlineData("case x in x) cd pkg;; *) ls;; esac", "/w> cd pkg")]
    [InlineData("case x in x) cd pkg;& y) ls;; esac", "/w> cd pkg", "?> ls")]
    [InlineData("case x in x) cd pkg;;& *) ls;; esac; rm y", "/w> cd pkg", "?> ls", "?> rm y")]
    [InlineData("p=y; case x in x) p=x;;& $p) ls;; esac", "/w> ", "/w> ", "/w> ls")]
    [InlineData("export a={p,.env}; cat $a", "/w> export a=p a=.env", "/w> cat .env")]
    [InlineData("declare a=x{1..2} b=y; c $a $b", "/w> declare a=x1 a=x2 b=y", "/w> c x2 y")]
    [InlineData("f() { local a={p,q}; c $a; }; f", "/w> f", "/w> local a=p a=q", "/w> c q")]
    [InlineData("export a='{p,q}'; c $a", "/w> export a={p,q}", "/w> c {p,q}")]
    [InlineData("a={p,q}; c $a", "/w> ", "/w> c {p,q}")]
    [InlineData(":(){ :|:& };:", "Recursion")]
    public void Of_Line_GivesTheseSteps(string line, params string[] expected)
    {
        var steps = LineAnalysis.Of(line, Start, View).Steps.Where(s => s is not (VariableRead or VariableSet)).Select(Show).ToList();
        if (expected is ["Recursion"])
            steps.Should().Contain(s => s == "Recursion" || s == "TooManySteps");
        else
            steps.Should().Equal(expected);
    }

    [Fact]
    public void Of_Pipe_NamesTheStepsThatFeedIt()
    {
        var steps = LineAnalysis.Of("curl -s u | base64 -d | sh", Start, View).Steps.Cast<ShellCommand>().ToList();
        steps[0].Input.Should().Be(ShellInput.Inherited.Instance);
        steps[2].Input.Should().Be(new ShellInput.Pipe(1, 2));
        steps[2].OutputIsPiped.Should().BeFalse();
    }

    [Fact]
    public void Of_HereDocument_HandsItsTextToTheCommand()
    {
        var step = LineAnalysis.Of("x=1; sh <<E\nrm $x\nE\n", Start, View).Steps.OfType<ShellCommand>().Last();
        step.Input.Should().Be(new ShellInput.Text(new ExpandedField.Known("rm 1\n")));
    }

    private static string Show(ShellStep step) => step switch
    {
        ShellCommand command => (command.WorkingDirectory ?? "?") + "> " + string.Join(' ', command.Words.Select(w => w switch
        {
            ExpandedField.Known known => known.Text,
            ExpandedField.Partial partial => partial.Prefix + "<..>" + partial.Suffix,
            _ => "*",
        })),
        OpaqueStep opaque => opaque.Code.ToString(),
        _ => step.GetType().Name,
    };
}
