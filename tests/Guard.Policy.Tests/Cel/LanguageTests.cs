using System.Globalization;
using System.Text.RegularExpressions;
using Guard.Policy.Cel;

namespace Guard.Policy.Tests.Cel;

/// <summary>The language's definition in cases of our own, which run wherever the repository does.</summary>
public sealed partial class LanguageTests
{
    private const string Arrow = " ==> ";

    internal static readonly CelEnvironment Environment = new(
    [
        new CelDeclaration("s", CelType.String), new CelDeclaration("i", CelType.Int), new CelDeclaration("l", CelType.ListOf(CelType.Int)),
        new CelDeclaration("m", CelType.AnyMap), new CelDeclaration("m.x", CelType.Int), new CelDeclaration("t", CelType.Timestamp),
    ]);

    internal static readonly CelValue[] Values =
    [
        new CelString("Grüße"), new CelInt(7), new CelList([new CelInt(1), new CelInt(2), new CelInt(3)]),
        CelMap.Of([new(new CelString("a"), CelMap.Of([new(new CelString("b"), new CelInt(1))])), new(new CelString("n"), CelNull.Instance)]),
        new CelInt(5), CelTimestamp.Of(new DateTimeOffset(2026, 3, 29, 0, 30, 0, TimeSpan.Zero)),
    ];

    [Fact]
    public void Cases_OfTheLanguage_Hold()
    {
        var lines = File.ReadAllLines(Repository.File("tests/Guard.Policy.Tests/Cel/language-cases.txt"))
            .Select((text, i) => (Text: text, Line: i + 1)).Where(l => l.Text.Length > 0 && !l.Text.StartsWith('#')).ToList();

        lines.Should().HaveCountGreaterThan(200);
        lines.Select(l => Failure(l.Text, l.Line)).OfType<string>().Should().BeEmpty();
    }

    private static string? Failure(string text, int line)
    {
        var arrow = text.LastIndexOf(Arrow, StringComparison.Ordinal);
        var (expression, wanted) = (Written(text[..arrow]), text[(arrow + Arrow.Length)..]);
        var program = CelProgram.Compile(expression, Environment, out var problems);
        var outcome = problems.Length > 0
            ? "problem: " + string.Join(" | ", problems.Select(p => $"{p.Message} ({p.Remedy})"))
            : CelValues.Show(program!.Evaluate(Values, CelTextMode.Standard, CelLimits.Default));
        var passes = wanted.Split(": ", 2) is [("problem" or "error") and var kind, var part]
            ? outcome.StartsWith(kind, StringComparison.Ordinal) && outcome.Contains(part, StringComparison.Ordinal)
            : outcome == wanted;
        return passes ? null : $"line {line}: {text} gave {outcome}";
    }

    /// <summary>What stands for characters that a line of a file cannot hold, and for text that would fill it: <c>⟪x×1000⟫</c>.</summary>
    internal static string Written(string text) => Repeated().Replace(
        text.Replace('␤', '\n').Replace('⇥', '\t').Replace('␍', '\r').Replace('␌', '\f').Replace('␀', '\0').Replace('◧', '\ud83d').Replace('◨', '\ude00'),
        static match => string.Concat(Enumerable.Repeat(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))));

    [GeneratedRegex("⟪(.+?)×([0-9]+)⟫", RegexOptions.CultureInvariant)]
    private static partial Regex Repeated();
}
