using System.Text;
using System.Text.RegularExpressions;
using Guard.Policy.Matching;

namespace Guard.Policy.Tests.Matching;

/// <summary>The matchers against two others: regexes written from the grammar, and DotNet.Glob where both agree on the grammar.</summary>
public sealed class GlobReferenceTests
{
    private static readonly int Rounds = TestRuns.Times(1_500);
    private const int TextsPerPattern = 20;
    private static readonly PathAnchors None = PathAnchors.From(Requests.For());

    [Fact]
    public void PathGlob_RandomPatternsAndPaths_AgreesWithARegex()
    {
        var random = new Random(20260304);
        for (var i = 0; i < Rounds; i++)
        {
            var pattern = RandomPath(random, ["a", "b", "ab", "*", "?", "a*", "*b", "**", "[ab]", "[!a]", ".a", "a?*"]);
            var glob = PathGlob.Parse(pattern, generous: false, out var problem);
            glob.Should().NotBeNull(problem);
            var reference = new Regex(Reference(pattern), RegexOptions.NonBacktracking);
            for (var j = 0; j < TextsPerPattern; j++)
            {
                var path = AbsolutePath.Parse(RandomPath(random, ["a", "b", "ab", "ba", "aab", ".a", ".", "c"]))!;

                glob!.IsMatch(path, realPath: false, subtree: false, None).Should().Be(reference.IsMatch(path.Text == "/" ? "" : path.Text), "{0} against {1}", pattern, path.Text);
            }
        }
    }

    [Fact]
    public void TextGlob_RandomPatternsAndTexts_AgreesWithARegex()
    {
        var random = new Random(7);
        for (var i = 0; i < Rounds; i++)
        {
            var pattern = RandomText(random, "ab*?/. ", 8);
            var glob = TextGlob.Parse(pattern, ignoreCase: false, out _)!;
            var reference = new Regex($@"\A{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}\z",
                RegexOptions.NonBacktracking | RegexOptions.Singleline);
            for (var j = 0; j < TextsPerPattern; j++)
            {
                var text = RandomText(random, "abc/. \n", 10);

                glob.IsMatch(text).Should().Be(reference.IsMatch(text), "{0} against {1}", pattern, text);
            }
        }
    }

    // The common subset: absolute patterns, no `**` next to the path it covers itself, no leading-dot or backslash questions.
    [Fact]
    public void PathGlob_CommonSubset_AgreesWithDotNetGlob()
    {
        var random = new Random(11);
        for (var i = 0; i < Rounds; i++)
        {
            var pattern = RandomPath(random, ["a", "b", "ab", "*", "?", "a*", "*b", "[ab]", "[!a]"], minimum: 1);
            var path = RandomPath(random, ["a", "b", "ab", "ba", "aab", "c"], minimum: 1);

            var theirs = DotNet.Globbing.Glob.Parse(pattern).IsMatch(path);

            PathGlob.Parse(pattern, generous: false, out _)!.IsMatch(AbsolutePath.Parse(path)!, realPath: false, subtree: false, None)
                .Should().Be(theirs, "{0} against {1}", pattern, path);
        }
    }

    // The grammar written down a second time, as a regex over "" (the root) or "/a/b".
    private static string Reference(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        foreach (var segment in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            regex.Append(segment switch
            {
                "**" => "(?:/[^/]+)*",
                _ => "/" + Regex.Escape(segment).Replace("\\*", "[^/]*", StringComparison.Ordinal).Replace("\\?", "[^/]", StringComparison.Ordinal)
                    .Replace("\\[!", "[^/", StringComparison.Ordinal).Replace("\\[", "[", StringComparison.Ordinal),
            });
        }

        return regex.Append(@"\z").ToString();
    }

    private static string RandomPath(Random random, string[] segments, int minimum = 0) =>
        "/" + string.Join('/', Enumerable.Range(0, random.Next(minimum, 6)).Select(_ => segments[random.Next(segments.Length)]));

    private static string RandomText(Random random, string alphabet, int maximum) =>
        string.Concat(Enumerable.Range(0, random.Next(0, maximum)).Select(_ => alphabet[random.Next(alphabet.Length)]));
}
