using System.Text.Json.Nodes;
using Guard.Cli.Tests.Schemas;

namespace Guard.Cli.Tests.Policies;

public sealed class PolicyLintTests : IDisposable
{
    private const string Wide = """
        # kept
        name: wide
        rules:
          - effect: allow   # kept too
            actions: ["execute:shell", "read:file"]
            conditions: { resource: { startsWith: ['git', "npm test", ls ] } }
          - { effect: deny, actions: ["execute:shell"], conditions: { resource: { contains: "rm -rf" } }, reason: Ask first. }

        """;

    private readonly CliHarness _cli = new();

    public PolicyLintTests() => CliHarness.Write(PathOf("wide policy.yaml"), Wide);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Lint_Findings_ShowPlaceExampleAndFix()
    {
        var result = await _cli.RunAsync("policy", "lint", "wide policy.yaml");

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("wide policy.yaml:6:44 GRD101 ").And.Contain("    for example: execute:shell gitx --anything\n").And.Contain("(--fix does)\n").And.EndWith("4 findings in 1 policy.\n");
    }

    [Fact]
    public async Task Lint_NothingFound_IsDone()
    {
        CliHarness.Write(PathOf("good.yaml"), """{ name: good, rules: [ { effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" } } } ] }""");

        (await _cli.RunAsync("policy", "lint", "good.yaml")).Should().Be(new CliResult(0, "Nothing found in 1 policy.\n", ""));
    }

    [Fact]
    public async Task Lint_PlaceThatIsWarnedOfAndFound_IsReportedOnceWithItsExample()
    {
        CliHarness.Write(PathOf("web.yaml"), """{ name: web, rules: [ { effect: allow, actions: ["read:web_fetch"], conditions: { resource: { contains: "github.com" } } } ] }""");

        var result = await _cli.RunAsync("policy", "lint", "web.yaml");

        result.Should().Match<CliResult>(r => r.ExitCode == 1 && r.Error.Length == 0);
        result.Output.Should().Contain(" GRD101 ").And.Contain("    for example: read:web_fetch https://any.example/github.com\n").And.EndWith("\n1 finding in 1 policy.\n");
    }

    [Fact]
    public async Task Lint_WarningAlone_IsCounted()
    {
        CliHarness.Write(PathOf("warned.yaml"), """{ name: warned, rules: [ { effect: allow, actions: ["read:web_fetch"], conditions: { resource: { contains: "github.com", host: "github.com" } } } ] }""");

        var result = await _cli.RunAsync("policy", "lint", "warned.yaml");

        result.ExitCode.Should().Be(1);
        result.Output.Should().EndWith("1 warning in 1 policy.\n");
    }

    [Fact]
    public async Task Lint_Fix_TightensInPlaceAndLeavesTheRest()
    {
        File.SetUnixFileMode(PathOf("wide policy.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var result = await _cli.RunAsync("policy", "lint", "--fix", "wide policy.yaml");

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("GRD102").And.NotContain("GRD101").And.EndWith("3 places were fixed.\n1 finding in 1 policy.\n");
        File.ReadAllText(PathOf("wide policy.yaml")).Should().Be(Wide.Replace("['git', \"npm test\", ls ]", "[\"git \", \"npm test \", \"ls \" ]", StringComparison.Ordinal));
        File.GetUnixFileMode(PathOf("wide policy.yaml")).Should().HaveFlag(UnixFileMode.GroupRead);
    }

    [Fact]
    public async Task Lint_Json_HoldsEverything()
    {
        var report = JsonNode.Parse((await _cli.RunAsync("policy", "lint", "--format", "json", "wide policy.yaml")).Output)!;

        report["findings"]!.AsArray().Should().HaveCount(4);
        var first = report["findings"]![0]!;
        first["code"]!.GetValue<string>().Should().Be("GRD101");
        first["example"]!.GetValue<string>().Should().Be("execute:shell gitx --anything");
        first["fixable"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task Lint_Sarif_FitsTheStandard()
    {
        CliHarness.Write(PathOf("warned.yaml"), """{ name: warned, rules: [ { effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/\\*.x" } } } ] }""");
        CliHarness.Write(PathOf("broken.yaml"), SamplePolicies.Broken);
        var found = await _cli.RunAsync("policy", "lint", "--format", "sarif", "wide policy.yaml", "warned.yaml");
        var broken = await _cli.RunAsync("policy", "lint", "--format", "sarif", "broken.yaml");
        var (good, bad) = (JsonNode.Parse(found.Output)!, JsonNode.Parse(broken.Output)!);

        (found.ExitCode, broken.ExitCode).Should().Be((1, 3));
        good["runs"]![0]!["results"]!.AsArray().Select(r => r!["ruleId"]!.GetValue<string>()).Should().Contain(["GRD050", "GRD100", "GRD101", "GRD102"]);
        good["runs"]![0]!["results"]!.AsArray().Select(r => r!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!.GetValue<string>()).Should().Contain("wide%20policy.yaml");
        bad["runs"]![0]!["results"]![0]!["level"]!.GetValue<string>().Should().Be("error");
        var schema = await File.ReadAllTextAsync(Repository.PathOf("tests/Guard.Cli.Tests/Policies/sarif-2.1.0.schema.json"));
        (await SchemaValidator.ProblemsAsync(schema, [("found", good), ("broken", bad)])).Should().BeEmpty();

        // The validator would notice.
        good["runs"]![0]!["results"]![0]!["level"] = "bad";
        (await SchemaValidator.ProblemsAsync(schema, [("wrong", good)])).Should().ContainSingle().Which.Should().StartWith("wrong: ");
    }

    [Fact]
    public async Task Lint_ErrorsInAPolicy_AreShownAsSuch()
    {
        CliHarness.Write(PathOf("broken.yaml"), SamplePolicies.Broken);

        var result = await _cli.RunAsync("policy", "lint", "--fix", "broken.yaml");

        result.ExitCode.Should().Be(3);
        result.Error.Should().MatchRegex("^broken.yaml:3:[0-9]+ GRD[0-9]+ error: .*\nguard: 1 error: policies with errors cannot be looked through\n$");
        File.ReadAllText(PathOf("broken.yaml")).Should().Be(SamplePolicies.Broken);
    }

    private string PathOf(string file) => Path.Combine(_cli.Project, file);
}
