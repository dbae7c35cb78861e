using System.Globalization;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Tests.Indexing;

/// <summary>
/// The index must never change a decision. Seeds are fixed; GUARD_TESTS_LONG=1 compares fifty times as many pairs,
/// GUARD_TESTS_SEED starts elsewhere.
/// </summary>
public sealed class IndexedEvaluationTests
{
    private const int PairsPerBundle = 50;

    private static readonly int Bundles = TestRuns.Times(400, 20_000);
    private static readonly int FirstSeed = int.Parse(Environment.GetEnvironmentVariable("GUARD_TESTS_SEED") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public void Evaluate_RandomPoliciesAndCalls_DecidesAsEveryRuleTriedDoes()
    {
        var effects = new int[5];
        var matched = 0;
        for (var seed = FirstSeed; seed < FirstSeed + Bundles; seed++)
        {
            var cases = new RandomCases(seed);
            var sources = cases.Policies();
            var result = PolicyCompiler.Compile(sources, cases.Floor());
            result.Succeeded.Should().BeTrue("seed {0}: {1}", seed, string.Join('\n', result.Diagnostics));
            for (var i = 0; i < PairsPerBundle; i++)
            {
                var request = cases.Request();
                var plain = Evaluator.EvaluateEveryRule(result.Bundle!, request);
                var indexed = Evaluator.Evaluate(result.Bundle!, request);
                if (!Same(plain, indexed))
                {
                    Assert.Fail($"seed {seed}, call {i}\n{string.Join('\n', sources.Select(s => s.Text))}\n{string.Join('\n', request.Accesses)}\n{request.Context}\nevery rule: {Text(plain)}\nindexed:    {Text(indexed)}");
                }

                effects[(int)plain.Effect]++;
                matched += plain.Matched.Count > 0 ? 1 : 0;
            }
        }

        // Cases in which nothing happens would prove nothing.
        var pairs = Bundles * PairsPerBundle;
        matched.Should().BeGreaterThan(pairs / 3);
        effects[(int)Effect.Allow].Should().BeGreaterThan(pairs / 50);
        effects[(int)Effect.Ask].Should().BeGreaterThan(pairs / 50);
        effects[(int)Effect.Approve].Should().BeGreaterThan(pairs / 50);
    }

    /// <summary>Names of an address that stand in its text only encoded.</summary>
    [Fact]
    public void Evaluate_AnEncodedCharacterOfAnAddress_IsFoundByTheIndexAsByEveryRule()
    {
        var letters = Enumerable.Range(0x21, 0x5e).Select(a => (char)a).Where(char.IsAsciiLetterOrDigit);
        var bundle = Requests.Bundle($$"""
            name: p
            rules:
            {{string.Join('\n', letters.SelectMany(a => new[] { "contains", "endsWith" }.Select(key => $$"""  - { effect: deny, actions: ["read:web_fetch"], conditions: { resource: { {{key}}: "{{a}}qz" } } }""")))}}
            """);
        for (var c = '\u0080'; c < '\ud800'; c++)
        {
            foreach (var url in new[] { $"https://host.example/{c}qz", $"https://host.example/{Uri.EscapeDataString(c.ToString())}qz", $"https://host.example/{Uri.EscapeDataString(Uri.EscapeDataString(c.ToString()))}qz" })
            {
                var request = Requests.For(Requests.Access("read:web_fetch", url));
                Evaluator.Evaluate(bundle, request).Matched.Should().Equal(Evaluator.EvaluateEveryRule(bundle, request).Matched, "{0:x4} in {1}", (int)c, url);
            }
        }
    }

    [Fact]
    public void Evaluate_ACharacterThatFoldsIntoAscii_IsTriedOnEveryRule()
    {
        // Found by the platform's own tables, so that a newer one with another such character fails here.
        var letters = Enumerable.Range(0x21, 0x5e).Select(a => (char)a).Where(a => char.IsAsciiLetterOrDigit(a) || a is ';' or '`');
        var bundle = Requests.Bundle($$"""
            name: p
            rules:
            {{string.Join('\n', letters.SelectMany(a => new[] { "contains", "endsWith", "matches" }.Select(key => $$"""  - { effect: deny, actions: ["read:file"], conditions: { resource: { {{key}}: "{{(key == "matches" ? "**/" : "")}}{{a}}qz" } } }""")))}}
            """);
        var found = new List<char>();
        for (var c = '\u0080'; c < '\ud800'; c++)
        {
            var folds = char.ToUpperInvariant(c) < 0x80 || char.ToLowerInvariant(c) < 0x80 || TextForm.Composed(c.ToString()).Any(x => x < 0x80)
                || Enumerable.Range(0x20, 0x60).Any(a => string.Equals(((char)a).ToString(), c.ToString(), StringComparison.OrdinalIgnoreCase));
            if (folds)
            {
                found.Add(c);
                var request = Requests.For(Requests.File("read:file", $"/x/{c}qz"));
                Same(Evaluator.Evaluate(bundle, request), Evaluator.EvaluateEveryRule(bundle, request)).Should().BeTrue("U+{0:X4} is compared with ASCII", (int)c);
            }
        }

        found.Should().Contain('\u212a');
    }

    [Theory]
    [InlineData("""matches: "**/*.suffix-77" """, "/home/dev/app/x.suffix-77")]
    [InlineData("""contains: "part-77/" """, "/home/dev/app/part-77/x")]
    [InlineData("""startsWith: "./folder-77/" """, "/home/dev/app/folder-77/x")]
    [InlineData("""endsWith: "-77.md" """, "/home/dev/app/x-77.md")]
    [InlineData("""equals: "~/file-77" """, "/home/dev/file-77")]
    [InlineData("""matches: "./m-77" """, "/home/dev/app/M-77")]
    [InlineData("""matches: "**/k-77" """, "/home/dev/app/\u212a-77")]
    [InlineData("""matches: "**/?-77*z" """, "/home/dev/app/x-77.z")]
    [InlineData("""regex: "n[0-9]-77$" """, "/home/dev/app/n1-77")]
    public void Evaluate_OneOfManyRules_IsFoundByWhatItsConditionNeeds(string block, string path)
    {
        var others = Enumerable.Range(100, 400).Select(i => $$"""  - { id: o{{i}}, effect: deny, actions: ["read:file"], conditions: { resource: { {{block.Replace("77", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}} } } }""");
        var bundle = Requests.Bundle($$"""
            name: p
            rules:
            {{string.Join('\n', others)}}
              - { id: wanted, effect: deny, actions: ["read:file"], conditions: { resource: { {{block}} } } }
            """);

        Evaluator.Evaluate(bundle, Requests.For(Requests.File("read:file", path))).Rule.Should().Be("wanted");
    }

    private static bool Same(Decision a, Decision b) =>
        (a.Effect, a.Granted, a.ByFloor, a.Policy, a.Rule, a.Reason, a.Access, a.Approval?.Timeout) == (b.Effect, b.Granted, b.ByFloor, b.Policy, b.Rule, b.Reason, b.Access, b.Approval?.Timeout)
        && (a.Approval?.Workflows ?? []).SequenceEqual(b.Approval?.Workflows ?? [])
        && a.Matched.SequenceEqual(b.Matched)
        && a.Errors.SequenceEqual(b.Errors);

    private static string Text(Decision d) => $"{d} matched [{string.Join(", ", d.Matched)}] errors [{string.Join(", ", d.Errors)}]";
}
