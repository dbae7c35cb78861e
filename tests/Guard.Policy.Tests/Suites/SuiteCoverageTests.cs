using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Suites;

/// <summary>Which rules suites meet, and which they would miss.</summary>
public sealed class SuiteCoverageTests
{
    private const string Rules = """
        name: b
        rules:
          - { id: env, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/.env" } }, reason: secret }
          - { id: files, effect: allow, actions: ["read:file"] }
          - { id: unmet, effect: deny, actions: ["write:file"], reason: no }
          - { id: twice, effect: allow, actions: ["read:file"] }
        """;

    private const string Tools = """
        version: "1.0"
        metadata: { name: a }
        tools:
          - name: bash
            conditions:
              - { expression: "args.command.startsWith('ls')", action: allow }
              - { expression: "args.command.startsWith('rm')", action: deny }
        """;

    private static readonly PolicyBundle RulesBundle = Requests.Bundle(Rules);
    private static readonly PolicyBundle ToolsBundle = Requests.Bundle(Tools);

    [Fact]
    public void Rules_OfSeveralSuites_AreMetByAnyOfThem()
    {
        var runs = new[]
        {
            Run(RulesBundle, "{ action: 'read:file', resource: ./a, expect: allow }"),
            Run(RulesBundle, "{ action: 'read:file', resource: ./.env, expect: deny }"),
            Run(ToolsBundle, "{ action: 'execute:shell', resource: 'ls -l', expect: allow }"),
        };

        SuiteCoverage.Rules(runs).Select(static r => $"{r.Rule.Policy}/{r.Rule.Rule} {r.IsMet}").Should().Equal(
            "a/bash/1 True", "a/bash/2 False", "b/env True", "b/files True", "b/unmet False", "b/twice True");
    }

    [Fact]
    public void Survivors_AreRulesWithoutWhichEveryCaseStillPasses()
    {
        var runs = new[]
        {
            Run(RulesBundle, "{ action: 'read:file', resource: ./a, expect: allow }, { action: 'read:file', resource: ./.env, expect: deny }"),
            Run(ToolsBundle, "{ action: 'execute:shell', resource: 'rm x', expect: deny }"),
        };

        SuiteCoverage.Survivors(runs, static (_, _) => []).Select(static r => $"{r.Policy}/{r.Rule}").Should().Equal("a/bash/1", "b/files", "b/unmet", "b/twice");
    }

    [Fact]
    public void Result_PassesWhenEveryCaseDoes()
    {
        Run(RulesBundle, "{ action: 'read:file', resource: ./a, expect: allow }, { action: 'write:file', resource: ./a, expect: deny }").Result.Passed.Should().BeTrue();
        Run(RulesBundle, "{ action: 'read:file', resource: ./a, expect: allow }, { action: 'write:file', resource: ./a, expect: allow }").Result.Passed.Should().BeFalse();
        Run(RulesBundle, "{ action: 'read:file', resource: ./a, expect: deny }, { action: 'write:file', resource: ./a, expect: deny }").Result.Passed.Should().BeFalse();
    }

    private static (SuiteResult Result, PolicyBundle Bundle) Run(PolicyBundle bundle, string cases)
    {
        var read = SuiteReader.Read(new PolicySource("s_test.yaml", $"fixtures: {{ workspaces: {{ app: {{ path: /home/dev/app, home: /home/dev }} }} }}\ncases: [ {cases} ]"));
        return (SuiteRunner.Run(read.Suite ?? throw new InvalidDataException(string.Join('\n', read.Diagnostics)), bundle, static _ => []), bundle);
    }
}
