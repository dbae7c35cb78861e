using Guard.Shell.Syntax;
using Guard.Shell.Tests.Bash;

namespace Guard.Shell.Tests.Syntax;

using SimpleCommand = Guard.Shell.Syntax.SimpleCommand;

public sealed class LineCollectionTests
{
    [Theory]
    [MemberData(nameof(LineCollection.Shapes), MemberType = typeof(LineCollection))]
    public void Parse_CollectedLine_HoldsTheseCommands(string line, string[] commands)
    {
        var script = ShellParser.Parse(line).Script;
        script.Should().NotBeNull();
        SimpleCommands(script!.Body).OrderBy(c => c.Span.Start).Select(c => string.Join(' ', c.Words.Select(w => w.Span.Of(line).Replace("\\`", "`", StringComparison.Ordinal))))
            .Should().BeEquivalentTo(commands.Select(c => c.Replace("\\`", "`", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(LineCollection.Refused), MemberType = typeof(LineCollection))]
    public void Parse_NastyLine_IsRefusedWithAPlace(string line)
    {
        var refusal = ShellParser.Parse(line).Refusal;
        refusal.Should().NotBeNull();
        refusal!.Position.Should().BeInRange(0, line.Length);
    }

    [Fact]
    public void Print_CollectedLines_AreReadByBashAsTheOriginals()
    {
        var lines = LineCollection.Shapes.Select(row => (string)row[0]).Where(l => ShellParser.Parse(l).Script!.Body.Items.Length > 0).ToList();
        BashSyntax.Accepts(lines).Should().AllBeEquivalentTo(true);
        var printed = BashSyntax.Shapes([.. lines.Select(l => SyntaxPrinter.Print(ShellParser.Parse(l).Script!))]);
        var different = lines.Zip(printed, BashSyntax.Shapes(lines)).Where(t => t.Second != t.Third);
        different.Should().BeEmpty();
    }

    private static IEnumerable<SimpleCommand> SimpleCommands(object? node)
    {
        switch (node)
        {
            case null or string:
                yield break;
            case System.Collections.IEnumerable list:
                foreach (var command in list.Cast<object?>().SelectMany(SimpleCommands))
                    yield return command;
                yield break;
            case SimpleCommand simple:
                yield return simple;
                break;
            case not (SyntaxNode or HereDocument):
                yield break;
        }

        foreach (var property in node.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract"))
        {
            foreach (var command in SimpleCommands(property.GetValue(node)))
                yield return command;
        }
    }
}
