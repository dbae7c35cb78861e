using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Tests.Expansion;

/// <summary>A short word can stand for very much text: who listens can have enough of it.</summary>
public sealed class WordExpanderExhaustionTests
{
    // Of hundreds that the braces make.
    private const int Enough = 3;

    [Fact]
    public void Expand_OnceNobodyListens_LeavesTheRestOutAndKnowsNothingOfIt()
    {
        var observer = new Listener();

        var fields = new WordExpander(State(), observer, view: null).Expand(Word("{1..200}$x"));

        observer.Reads.Should().Be(Enough);
        fields.Should().Equal(ExpandedField.Unknown.Instance);
    }

    [Fact]
    public void Expand_WhileSomebodyListens_MakesAllOfThem()
    {
        var observer = new Listener { HasEnough = false };

        var fields = new WordExpander(State(), observer, view: null).Expand(Word("{1..200}$x"));

        observer.Reads.Should().Be(200);
        fields.Should().HaveCount(200).And.Contain(new ExpandedField.Known("200a"));
    }

    private static ShellState State() => new ShellState().With("x", ShellValue.Of("a"));

    private static Word Word(string text) => ((SimpleCommand)ShellParser.Parse("echo " + text).Script!.Body.Items[0].Command).Words[1];

    private sealed class Listener : IExpansionObserver
    {
        public int Reads { get; private set; }

        public bool HasEnough { get; init; } = true;

        public bool IsExhausted => HasEnough && Reads >= Enough;

        public ShellValue RunCommandSubstitution(CommandSubstitutionPart part, ShellState state) => ShellValue.Unknown;

        public void RunProcessSubstitution(ProcessSubstitutionPart part, ShellState state)
        {
        }

        public void Report(ExpansionHazard hazard, SourceSpan span)
        {
        }

        public void ReadVariable(string name, SourceSpan span) => Reads++;

        public void SetVariable(string name, SourceSpan span)
        {
        }
    }
}
