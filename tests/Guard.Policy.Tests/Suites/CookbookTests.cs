using System.Text.RegularExpressions;
using Guard.Policy.Diagnostics;
using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Suites;

/// <summary>Every recipe of docs/cookbook.md is a policy without a problem, and its suite shows an allow and a denial.</summary>
public sealed class CookbookTests
{
    private static readonly string[] Recipes = [.. File.ReadAllText(Repository.File("docs/cookbook.md")).Split("\n## ").Skip(1)];

    public static TheoryData<string> Titles() => [.. Recipes.Select(Title)];

    [Fact]
    public void Page_HasTwentyRecipes_EachOfItsOwn()
    {
        Recipes.Should().HaveCount(20);
        Recipes.Select(Title).Should().OnlyHaveUniqueItems();
        Recipes.Select(r => Compile(r).Bundle!.Policies.Single().Name).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void Recipe_Run_DecidesAsItsSuiteStates(string title)
    {
        var recipe = Recipes.Single(r => Title(r) == title);
        var compiled = Compile(recipe);
        compiled.Diagnostics.Should().BeEmpty();
        var read = SuiteReader.Read(new PolicySource("recipe_test.yaml", Blocks(recipe)[1]));
        read.Diagnostics.Should().BeEmpty();

        var result = SuiteRunner.Run(read.Suite!, compiled.Bundle!, call => StatedCalls.Adapt(call, compiled.Bundle!));

        result.Cases.Where(c => !c.Passed).Select(c => $"{c.Case.Name}: {c.Problem}").Should().BeEmpty();
        result.Cases.Select(c => c.Case.Expected).Should().Contain([Effect.Allow, Effect.Deny]);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void Recipe_Linted_HasNoRuleThatIsDead(string title)
    {
        var findings = Guard.Policy.Lint.Linter.Run([new PolicySource("recipe.yaml", Blocks(Recipes.Single(r => Title(r) == title))[0])]);

        findings.Where(f => f.Code is DiagnosticCodes.LintShadowed or DiagnosticCodes.LintNeverMatches).Should().BeEmpty();
    }

    private static string Title(string recipe) => recipe[..recipe.IndexOf('\n', StringComparison.Ordinal)];

    private static CompileResult Compile(string recipe) => PolicyCompiler.Compile([new PolicySource("recipe.yaml", Blocks(recipe)[0])], FloorSettings.Default);

    private static IReadOnlyList<string> Blocks(string recipe)
    {
        IReadOnlyList<string> blocks = [.. Regex.Matches(recipe, "^```yaml\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value)];
        blocks.Should().HaveCount(2, "a recipe is a policy and its suite");
        return blocks;
    }
}
