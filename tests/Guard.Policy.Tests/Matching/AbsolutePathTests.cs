using Guard.Policy.Matching;

namespace Guard.Policy.Tests.Matching;

/// <summary>What a path's text becomes, for every text of a few characters.</summary>
public sealed class AbsolutePathTests
{
    private const int MaxLength = 8;

    [Fact]
    public void Parse_EveryShortText_TakesOutSegmentsByTextAlone()
    {
        foreach (var text in Texts(MaxLength))
        {
            var segments = new Stack<string>();
            foreach (var segment in text.Split('/'))
            {
                if (segment == "..")
                {
                    segments.TryPop(out _);
                }
                else if (segment is not ("" or "."))
                {
                    segments.Push(segment);
                }
            }

            var path = AbsolutePath.Parse(text)!;
            path.Text.Should().Be("/" + string.Join('/', segments.Reverse()), "of {0}", text);
            path.Segments.Should().Equal(segments.Reverse(), "of {0}", text);
        }
    }

    /// <summary>Composed and decomposed letters, of which the lengths differ.</summary>
    [Theory]
    [InlineData("/a/b/c", "/", "a/b/c")]
    [InlineData("/a/b/c", "/a", "b/c")]
    [InlineData("/a/b/c", "/A/B", "c")]
    [InlineData("/a/b", "/a/b", "")]
    [InlineData("/", "/", "")]
    [InlineData("/h\u00e9/app/x", "/he\u0301/app", "x")]
    [InlineData("/he\u0301/app/x", "/h\u00e9/app", "x")]
    [InlineData("/he\u0301/app/x", "/he\u0301/app", "x")]
    [InlineData("/he\u0301/app", "/h\u00e9/app", "")]
    [InlineData("/he\u0301/app", "/", "he\u0301/app")]
    public void Below_FolderInAnySpelling_IsWhatFollowsIt(string path, string folder, string below)
    {
        var (of, at) = (AbsolutePath.Parse(path)!, AbsolutePath.Parse(folder)!);

        of.IsAtOrBelow(at, ignoreCase: true).Should().BeTrue();
        of.Below(at).ToString().Should().Be(below);
    }

    private static IEnumerable<string> Texts(int length)
    {
        var texts = new List<string> { "/" };
        for (var i = 1; i <= length; i++)
        {
            foreach (var text in texts)
            {
                yield return text;
            }

            texts = [.. texts.SelectMany(static text => "/.a".Select(c => text + c))];
        }
    }
}
