using Guard.Shell.Effects;

namespace Guard.Shell.Tests.Effects;

public sealed class SubcommandPatternTests
{
    [Theory]
    [InlineData("list", "list", true)]
    [InlineData("list", "list x", false)]
    [InlineData("list **", "list x y", true)]
    [InlineData("list **", "list", true)]
    [InlineData("** list", "a b list", true)]
    [InlineData("** list", "list", true)]
    [InlineData("** list", "a list b", false)]
    [InlineData("** list **", "a list b", true)]
    [InlineData("** list **", "a b", false)]
    [InlineData("* describe-*", "ec2 describe-instances", true)]
    [InlineData("* describe-*", "describe-instances", false)]
    [InlineData("* describe-*", "ec2 describe", false)]
    [InlineData("get-*-report", "get-credential-report", true)]
    [InlineData("get-*-report", "get-report", false)]
    [InlineData("a*b*c", "axbyc", true)]
    [InlineData("a*b*c", "axc", false)]
    [InlineData("a, b c", "b c", true)]
    [InlineData("a, b c", "b", false)]
    public void IsMatch_Subcommand_FollowsThePattern(string patterns, string subcommand, bool matches) =>
        SubcommandPattern.Parse(patterns).Any(pattern => pattern.IsMatch(subcommand.Split(' '))).Should().Be(matches);
}
