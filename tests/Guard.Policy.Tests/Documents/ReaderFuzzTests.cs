using Guard.Policy.Diagnostics;
using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Documents;

/// <summary>Mutated documents: the readers never throw, and a document without a bundle has a reason.</summary>
public sealed class ReaderFuzzTests
{
    private static readonly int Rounds = TestRuns.Times(800);
    private const string Alphabet = "{}[]:,-&*!|>'\"%@`#?\\ \n\tax0~\u0000\u00e9\ud800\u2028";

    [Fact]
    public void Documents_Mutated_NeverThrowAndAlwaysSaySomething()
    {
        var random = new Random(42);
        var seeds = Directory.EnumerateFiles(Repository.File("policies"), "*.yaml", SearchOption.AllDirectories).Order().Select(File.ReadAllText).ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            var text = Mutate(random, seeds[random.Next(seeds.Length)]);

            var compiled = PolicyCompiler.Compile([new PolicySource("p.yaml", text)], FloorSettings.Default);
            var suite = SuiteReader.Read(new PolicySource("p_test.yaml", text));

            var consistent = (compiled.Bundle is null) == compiled.Diagnostics.Any(d => d.Severity == Severity.Error)
                && (suite.Suite is null) == suite.Diagnostics.Any(d => d.Severity == Severity.Error)
                && compiled.Diagnostics.Concat(suite.Diagnostics).All(d => !d.ToString().Any(char.IsControl) && d is { Line: >= 1, Column: >= 1 });
            consistent.Should().BeTrue("of round {0}: {1}", i, text);
        }
    }

    private static string Mutate(Random random, string text)
    {
        for (var n = random.Next(1, 6); n > 0 && text.Length > 0; n--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 40), text.Length - at);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
                2 => text.Insert(at, text.Substring(random.Next(text.Length - length + 1), length)),
                3 => text[..at],
                _ => text.Remove(at, 1).Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
            };
        }

        return text;
    }
}
