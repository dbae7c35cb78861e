extern alias tables;

using tables::Guard.ProgramTables;

namespace Guard.Shell.Tests.Effects;

/// <summary>A description that would overlook something does not build.</summary>
public sealed class DescriptionReaderTests
{
    [Theory]
    [InlineData("a: { operand: read }", "unknown key `operand`")]
    [InlineData("a: { operands: red }", "`red` is no list of operands")]
    [InlineData("a: { operands: read* write* }", "is no list of operands")]
    [InlineData("a: { options: { file: -f } }", "`file` is no kind of value")]
    [InlineData("a: { effects: [remove x] }", "`remove x` is no effect")]
    [InlineData("a: { effects: [read] }", "`read` is no effect")]
    [InlineData("a: { when: [{ if: -x, filter: true }] }", "`-x` is not an option of this entry")]
    [InlineData("a: { when: [{ filter: true }] }", "a case has an `if`")]
    [InlineData("a: { use: nothing }", "there is no option group `_nothing`")]
    [InlineData("a: { wrapper: yes }", "the choices are transparent, changer, none")]
    [InlineData("a: { stops: x }", "`stops` is a number")]
    [InlineData("a: { names: b }\nb: {}", "`b` is described twice")]
    [InlineData("a: [1]", "`a` is not a mapping")]
    [InlineData("- a", "a description file is one mapping")]
    [InlineData("a: {", "GPT1")]
    public void Description_WithAMistake_IsRefusedWithItsPlace(string yaml, string problem)
    {
        Catalog catalog = Catalogues.Read(yaml);

        catalog.Problems.Should().Contain(p => p.Contains(problem, StringComparison.Ordinal)).And.OnlyContain(p => p.StartsWith("a.yaml(", StringComparison.Ordinal));
    }

    // Guard.Cli.Tests holds the schema for editors to the same list.
    [Fact]
    public void Description_ThatTheSchemaRefuses_IsRefusedByTheReader()
    {
        foreach (string line in File.ReadAllLines(Path.Combine(DescriptionFilesTests.Root, "tests/Guard.Shell.Tests/Effects/wrong-descriptions.txt")).Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            Catalogues.Read(line).Problems.Should().NotBeEmpty("of {0}", line);
        }
    }

    [Theory]
    [InlineData("\t-o,--output\trequired\tFILE", "the value of -o, --output is FILE: describe it")]
    [InlineData("\t--post-file\trequired\tX", "the value of --post-file is X: describe it")]
    [InlineData("\t-f,--force\trequired\tN", "is described as `flag`, but the program documents its value as required")]
    [InlineData("\t-n\tnone\t", "is described as `plain`, but the program documents its value as none")]
    public void Documentation_ThatTheDescriptionOverlooks_IsAProblem(string documented, string problem)
    {
        Catalog catalog = Catalogues.Read("a: { complete: true, options: { flag: -f, plain: -n } }", documented, "a");

        catalog.Problems.Should().ContainSingle().Which.Should().Contain(problem);
    }

    [Fact]
    public void Documentation_OfPlainOptions_CompletesTheDescription()
    {
        Catalog catalog = Catalogues.Read("a: { complete: true, options: { write: -o } }", "\t-o,--output\trequired\tFILE\n\t-v,--verbose\tnone\t\n\t--color\toptional\tWHEN\n\t-n\trequired\tN", "a");

        catalog.Problems.Should().BeEmpty();
        catalog.Entries.Single().Lines.Should().ContainAll("k write\t-o,--output", "k flag\t-v,--verbose", "k plain?\t--color", "k plain\t-n");
    }
}
