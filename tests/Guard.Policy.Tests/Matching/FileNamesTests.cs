using Guard.Policy.Matching;

namespace Guard.Policy.Tests.Matching;

/// <summary>The names by which hooks find the files in a folder that a condition could mean. A name too few would be a file that no rule is asked about.</summary>
public sealed class FileNamesTests
{
    [Theory]
    [InlineData("matches", "**/.env", ".env")]
    [InlineData("matches", "**/.env*", ".env*")]
    [InlineData("matches", "./src/**", "src/**")]
    [InlineData("matches", "./src/**/*.cs", "*.cs")]
    [InlineData("matches", "./a/b", "a/b")]
    [InlineData("matches", "~/.ssh/**", ".ssh/**")]
    [InlineData("matches", "/etc/passwd", "etc/passwd")]
    [InlineData("matches", "./a?c", "a*c")]
    [InlineData("matches", "./a[bc]d", "a*d")]
    [InlineData("matches", "./a[!b]d", "a*d")]
    [InlineData("matches", "./a[]]d", "a*d")]
    [InlineData("matches", "./a[!]]d", "a*d")]
    [InlineData("matches", "./a[^]]d", "a*d")]
    [InlineData("matches", "./a[b", "a*")]
    [InlineData("matches", "./a\\*b", "a*b")]
    [InlineData("matches", "./a\\b", "ab")]
    [InlineData("matches", "./a\\", "a\\")]
    [InlineData("matches", "./ä/b~", "*/b~")]
    [InlineData("matches", "**", null)]
    [InlineData("matches", "./**/*", null)]
    [InlineData("matches", "./*/**", null)]
    [InlineData("matches", "./*", null)]
    [InlineData("matches", ".", null)]
    [InlineData("matches", "a/**/b/**/c", "c")]
    [InlineData("matches", "a/**/b/**", "b/**")]
    [InlineData("equals", "./a/b*", "a/b*")]
    [InlineData("equals", "a//b", "a/b")]
    [InlineData("equals", "~", null)]
    [InlineData("endsWith", ".pem", "*.pem")]
    [InlineData("endsWith", "/.env", ".env")]
    [InlineData("endsWith", "a/b", "*a/b")]
    [InlineData("endsWith", "*x", "*x")]
    [InlineData("endsWith", "a/", null)]
    [InlineData("endsWith", "/", null)]
    [InlineData("startsWith", "./a", "a*/**")]
    [InlineData("startsWith", "./a/", "a/**")]
    [InlineData("startsWith", "./a/b", "a/b*/**")]
    [InlineData("startsWith", "./", null)]
    [InlineData("contains", "secret", "*secret*/**")]
    [InlineData("contains", "*a", "*a*/**")]
    [InlineData("contains", "a/b", null)]
    [InlineData("contains", "*", null)]
    [InlineData("contains", "\u007f", null)]
    [InlineData("contains", "\u007fa ~", "*a ~*/**")]
    public void Name_OfACondition_HoldsForEveryFileThatItMeans(string key, string operand, string? name)
    {
        var names = FileNames.Of(Block(key, [operand]));

        (names is { } some ? string.Join(' ', some) : null).Should().Be(name);
    }

    /// <summary>All keys have to hold, so the first that says names is enough; of a list every one must say some.</summary>
    [Fact]
    public void Names_OfSeveralKeys_AreThoseOfTheFirstThatSaysAny()
    {
        FileNames.Of(new ResourceDefinition { Matches = ["**/a", "./b"], EqualTo = ["c"] }).Should().Equal("a", "b");
        FileNames.Of(new ResourceDefinition { Matches = ["**/a", "**"], EqualTo = ["c"] }).Should().Equal("c");
        FileNames.Of(new ResourceDefinition { EqualTo = ["c"], EndsWith = ["d"] }).Should().Equal("c");
        FileNames.Of(new ResourceDefinition { EndsWith = ["d"], StartsWith = ["e"] }).Should().Equal("*d");
        FileNames.Of(new ResourceDefinition { StartsWith = ["e"], Contains = ["f"] }).Should().Equal("e*/**");
        FileNames.Of(new ResourceDefinition { StartsWith = ["./"], Contains = ["f"] }).Should().Equal("*f*/**");
        FileNames.Of(new ResourceDefinition()).Should().BeNull();
    }

    private static ResourceDefinition Block(string key, string[] operands) => key switch
    {
        "matches" => new ResourceDefinition { Matches = [.. operands] },
        "equals" => new ResourceDefinition { EqualTo = [.. operands] },
        "endsWith" => new ResourceDefinition { EndsWith = [.. operands] },
        "startsWith" => new ResourceDefinition { StartsWith = [.. operands] },
        _ => new ResourceDefinition { Contains = [.. operands] },
    };
}
