using Guard.Policy.Diagnostics;
using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Suites;

/// <summary>Every policy that ships has a suite beside it, and the suite passes.</summary>
public sealed class ShippedPolicyTests
{
    private static readonly string Folder = Repository.File("policies");

    public static TheoryData<string> Policies() =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Where(f => !f.EndsWith("_test.yaml", StringComparison.Ordinal)).Select(f => Path.GetRelativePath(Folder, f)).Order()];

    public static TheoryData<string> Suites() =>
        [.. Directory.EnumerateFiles(Folder, "*_test.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Policy_ThatShips_CompilesWithoutAProblemAndHasASuite(string file)
    {
        PolicyCompiler.Compile([Source(file)], FloorSettings.Default).Diagnostics.Should().BeEmpty();
        File.Exists(Path.Combine(Folder, file.Replace(".yaml", "_test.yaml", StringComparison.Ordinal))).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Suite_ThatShips_Passes(string file)
    {
        var read = SuiteReader.Read(Source(file));
        read.Diagnostics.Should().BeEmpty();
        var suite = read.Suite!;
        var policies = suite.Policies.Select(p => Source(Path.Combine(Path.GetDirectoryName(file)!, p))).ToList();
        var bundle = PolicyCompiler.Compile(policies, FloorSettings.Default).Bundle!;

        var result = SuiteRunner.Run(suite, bundle, call => StatedCalls.Adapt(call, bundle));

        result.Cases.Should().NotBeEmpty();
        result.Cases.Where(c => !c.Passed).Select(c => $"{file}:{c.Case.Line} {c.Case.Name}: {c.Problem}").Should().BeEmpty();
    }

    [Theory]
    [InlineData("dev-assistant_test.yaml")]
    [InlineData("read-only_test.yaml")]
    [InlineData("strict_test.yaml")]
    [InlineData("ci_test.yaml")]
    public void Suite_OfAPolicyPeopleStartWith_TouchesEveryRule(string file)
    {
        var suite = SuiteReader.Read(Source(file)).Suite!;
        var bundle = PolicyCompiler.Compile([.. suite.Policies.Select(Source)], FloorSettings.Default).Bundle!;

        var matched = SuiteRunner.Run(suite, bundle, call => StatedCalls.Adapt(call, bundle)).Cases.SelectMany(c => c.Decision.Matched).Select(m => m.Rule).ToHashSet();

        bundle.Policies.SelectMany(p => p.Rules).Select(r => r.Id).Where(id => !matched.Contains(id)).Should().BeEmpty();
    }

    [Fact]
    public void Policies_AppliedTogether_FormABundle()
    {
        var sources = Directory.EnumerateFiles(Folder, "*.yaml").Where(f => !f.EndsWith("_test.yaml", StringComparison.Ordinal)).Select(f => Source(Path.GetFileName(f))).ToList();

        var result = PolicyCompiler.Compile(sources, FloorSettings.Default);

        result.Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty();
        result.Bundle!.Policies.Select(p => p.Name).Should().Equal("ci", "dev-assistant", "read-only", "strict");
    }

    private static PolicySource Source(string file) => new(file, File.ReadAllText(Path.Combine(Folder, file)));
}
