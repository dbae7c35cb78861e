using System.Text;
using Guard.Policy.Cel;

namespace Guard.Policy.Tests.Cel;

/// <summary>
/// Mutated and made-up expressions: reading and evaluating never throw, and every outcome is a value within the budget.
/// GUARD_TESTS_LONG=1 runs many more; GUARD_TESTS_SEED chooses another seed.
/// </summary>
public sealed class CelFuzzTests
{
    private const string Arrow = " ==> ";
    private static readonly int Rounds = TestRuns.Times(10_000, 1_000_000);
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("GUARD_TESTS_SEED"), out var seed) ? seed : 1;
    private static readonly CelLimits Limits = new(5_000, 20_000);

    private static readonly string[] Words =
    [
        "s", "i", "l", "m", "t", "m.x", "a", "1", "0", "2u", "1.5", "-1", "9223372036854775807", "'a'", "'Grüße'", "r'\\d'", "b'\\xff'", "'''x'''", "\"\\u00e9\"", "'😀'",
        "true", "false", "null", "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in", "&&", "||", "!", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", "`", "'", "\"", "\\",
        ".size()", ".contains('a')", ".matches('(a|b)*c')", ".matches('[^a-z]{2,5}$')", ".all(x, x", ".exists(x, x", ".map(x, x", ".filter(x, x", "x", "has(m.a)", "m.a.b", "l[0]", "int(", "string(",
        "timestamp('2026-01-01T00:00:00Z')", "duration('1h')", ".getHours('Europe/Berlin')", "type(", "dyn(", "size(", " ", "\n", "// c\n", "\u0000", "\ud800",
    ];

    private static readonly CelEnvironment Variables = new(
    [
        new CelDeclaration("s", CelType.String), new CelDeclaration("i", CelType.Int), new CelDeclaration("l", CelType.AnyList), new CelDeclaration("m", CelType.AnyMap),
        new CelDeclaration("m.x", CelType.Int), new CelDeclaration("t", CelType.Timestamp), new CelDeclaration("a", CelType.Dyn), new CelDeclaration("e", CelType.Dyn),
    ]);

    private static readonly CelValue?[] Values =
    [
        new CelString("Grüße 😀 abc"), new CelInt(7), new CelList([new CelInt(1), new CelString("a"), new CelError("withheld"), CelNull.Instance]),
        CelMap.Of([new(new CelString("a"), CelMap.Of([new(new CelString("b"), new CelInt(1))])), new(new CelString("e"), new CelError("withheld"))], ["o"]),
        new CelInt(5), CelTimestamp.Of(0), CelAbsent.Instance, null,
    ];

    [Fact]
    public void Expressions_Mutated_NeverThrow()
    {
        var seeds = File.ReadAllLines(Repository.File("tests/Guard.Policy.Tests/Cel/language-cases.txt"))
            .Where(l => l.Contains(Arrow, StringComparison.Ordinal)).Select(l => l[..l.LastIndexOf(Arrow, StringComparison.Ordinal)].Replace('␤', '\n')).ToArray();
        var random = new Random(Seed);
        for (var i = 0; i < Rounds; i++)
        {
            Try(Mutate(random, seeds), i);
        }
    }

    [Fact]
    public void Expressions_MadeOfWords_NeverThrow()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Rounds; i++)
        {
            Try(string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Words[random.Next(Words.Length)])), i);
        }
    }

    [Fact]
    public void Regexes_MadeOfParts_AreTakenOrRefused()
    {
        string[] parts =
            ["a", "b", ".", "*", "+", "?", "|", "(", ")", "(?:", "(?i)", "(?i:", "(?P<n>", "[", "]", "^", "$", "-", "[^", "[:alpha:]", "{2}", "{1,3}", "{,2}", "{", "}", "\\d", "\\W", "\\b", "\\pL", "\\p{Lu}", "\\PN", "\\x41", "\\x{1F600}", "\\Q", "\\E", "\\", "😀", "é", "\\A", "\\z", "\\1", "(?=", "\n", "#", " "];
        var random = new Random(Seed);
        for (var i = 0; i < Rounds / 10; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 10)).Select(_ => parts[random.Next(parts.Length)]));
            var regex = CelRegex.Parse(pattern, out var problem);
            (regex is null).Should().Be(problem is not null, "of round {0}: {1}", i, pattern);
            foreach (var mode in Enum.GetValues<CelTextMode>())
            {
                var run = new CelRun([], 0, mode, Limits);
                (regex?.Match(run, "aab😀é A1\n")).Should().Match(v => v == null || v is CelBool);
            }
        }
    }

    private static void Try(string expression, int round)
    {
        var program = CelProgram.Compile(expression, Variables, out var problems);
        var consistent = (program is not null || problems.Length > 0) && problems.All(p => p.Offset >= 0 && p.Offset <= expression.Length && !p.Message.Any(char.IsControl) && !p.Remedy.Any(char.IsControl));
        consistent.Should().BeTrue("of round {0}: {1}", round, expression);
        if (program is null)
        {
            return;
        }

        foreach (var mode in Enum.GetValues<CelTextMode>())
        {
            var value = program.Evaluate(Values, mode, Limits);
            (value is CelError { Message: var message } && message.Any(char.IsControl)).Should().BeFalse("of round {0}: {1}", round, expression);
        }
    }

    private static string Mutate(Random random, string[] seeds)
    {
        var text = new StringBuilder(seeds[random.Next(seeds.Length)]);
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(text.Length + 1);
            var word = Words[random.Next(Words.Length)];
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, word);
                    break;
                case 1 when at < text.Length:
                    text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                    break;
                case 2:
                    text.Insert(at, seeds[random.Next(seeds.Length)]);
                    break;
                default:
                    text.Append(word);
                    break;
            }
        }

        return text.ToString();
    }
}
