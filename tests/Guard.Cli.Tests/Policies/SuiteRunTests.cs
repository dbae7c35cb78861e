using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Guard.Cli.Tests.Policies;

public sealed class SuiteRunTests : IDisposable
{
    private const string Suite = """
        suite: dev
        fixtures:
          agents:
            dev: { tags: [claude-code] }
          workspaces:
            app: { path: /home/dev/app, home: /home/dev, files: [src/a.cs, .env] }
        cases:
          - { name: reads source, tool: Read, input: { file_path: /home/dev/app/src/a.cs }, expect: allow }
          - { name: keeps secrets, tool: Bash, input: { command: cat .env }, expect: deny, rule: credentials }
          - { name: does not write, action: "write:file", resource: ./src/a.cs }
        """;

    private readonly CliHarness _cli = new();

    public SuiteRunTests()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.DevAssistant);
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev_test.yaml"), Suite);
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Suites_AllAsExpected_PrintATreeAndSucceed() =>
        (await _cli.RunAsync("policy", "test")).Should().Be(new CliResult(0, """
            policies/dev_test.yaml: dev
              ok    reads source
              ok    keeps secrets
              ok    does not write
            1 suite, 3 cases: 3 passed, 0 failed.

            """, ""));

    [Fact]
    public async Task Suites_OneFails_SaysWhereAndExitsWith1()
    {
        var path = Path.Combine(_cli.Project, "policies", "dev_test.yaml");
        File.WriteAllText(path, Suite.Replace("expect: allow", "expect: ask", StringComparison.Ordinal));

        var result = await _cli.RunAsync("policy", "test", "policies");

        result.ExitCode.Should().Be(1);
        result.Output.Should().MatchRegex("  FAIL  reads source \\(policies/dev_test.yaml:8\\): expected ask, decided allow").And.EndWith("3 cases: 2 passed, 1 failed.\n");
    }

    [Fact]
    public async Task Suites_Json_HoldsEveryCase()
    {
        var report = JsonNode.Parse((await _cli.RunAsync("policy", "test", "policies/dev_test.yaml", "--json")).Output)!;

        report["passed"]!.GetValue<int>().Should().Be(3);
        report["suites"]![0]!["cases"]![1]!["rule"]!.GetValue<string>().Should().Be("credentials");
    }

    [Fact]
    public async Task Suites_BrokenPolicy_RunsNothingAndExitsWith3()
    {
        File.WriteAllText(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.Broken);

        var result = await _cli.RunAsync("policy", "test");

        result.ExitCode.Should().Be(3);
        result.Error.Should().StartWith("policies/dev.yaml:3:").And.EndWith("guard: 1 error: no suite was run\n");
        result.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Suites_NothingThere_IsOneLine() =>
        (await _cli.RunAsync("policy", "test", "nowhere")).Should().Be(new CliResult(6, "", "guard: nowhere does not exist\n"));

    [Fact]
    public async Task Suites_ThatShip_Pass()
    {
        var result = await _cli.RunAsync("policy", "test", Repository.PathOf("policies"));

        result.Error.Should().BeEmpty();
        result.Output.Should().NotContain("FAIL").And.EndWith(" passed, 0 failed.\n");
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Suites_Coverage_NamesRulesThatNoCaseMeets()
    {
        var result = await _cli.RunAsync("policy", "test", "--coverage");

        result.ExitCode.Should().Be(0);
        result.Output.Should().MatchRegex("\n2 of 3 rules are met by some case. Not met:\n  policy dev-assistant, rule [a-z-]+\n$");
    }

    [Fact]
    public async Task Suites_Mutate_FailsWhereNoCaseNoticesALostRule()
    {
        var result = await _cli.RunAsync("policy", "test", "--mutate");
        var report = JsonNode.Parse((await _cli.RunAsync("policy", "test", "--mutate", "--json")).Output)!;

        result.ExitCode.Should().Be(1);
        result.Output.Should().MatchRegex("\nWithout each of 3 rules in turn: 2 times some case failed. No case notices the loss of:\n  policy dev-assistant, rule [a-z-]+\n$");
        report["survivors"]!.AsArray().Should().ContainSingle().Which!["met"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task Suites_JUnit_HoldsEveryCase()
    {
        var path = Path.Combine(_cli.Project, "policies", "dev_test.yaml");
        File.WriteAllText(path, Suite.Replace("name: reads source", "name: \"reads <source>\"", StringComparison.Ordinal).Replace("expect: allow", "expect: ask", StringComparison.Ordinal));

        (await _cli.RunAsync("policy", "test", "--junit", "results.xml")).ExitCode.Should().Be(1);

        var xml = XDocument.Load(Path.Combine(_cli.Project, "results.xml"));
        var cases = xml.Root!.Elements("testsuite").Elements("testcase").ToList();
        (xml.Root.Attribute("tests")!.Value, xml.Root.Attribute("failures")!.Value, cases.Count).Should().Be(("3", "1", 3));
        cases[0].Attribute("name")!.Value.Should().Be("reads <source>");
        cases[0].Element("failure")!.Attribute("message")!.Value.Should().StartWith("expected ask, decided allow");
    }

    [Fact]
    public async Task Coverage_WithoutSuites_IsBadUsage() =>
        (await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", "./x", "--mutate")).ExitCode.Should().Be(2);
}
