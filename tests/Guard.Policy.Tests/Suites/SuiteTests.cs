using Guard.Policy.Suites;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Suites;

/// <summary>Reading and running suites.</summary>
public sealed class SuiteTests
{
    private const string Policy = """
        name: p
        rules:
          - { id: reads, effect: allow, actions: ["read:file"], conditions: { resource: { matches: "./**" } } }
          - { id: env, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/.env" } }, reason: "Secrets are off limits." }
        """;

    [Theory]
    [InlineData("{ action: 'read:file', resource: ./a, expect: allow, rule: reads, policy: p }", null)]
    [InlineData("{ action: 'read:file', resource: ./.env }", null)]
    [InlineData("{ action: 'read:file', resource: ./.env, reason: OFF limits }", null)]
    [InlineData("{ action: 'read:file', resource: ./link }", null)]
    [InlineData("{ action: 'read:file', resource: ./loop, reason: symlinks }", null)]
    [InlineData("{ action: 'read:file', resource: ., subtree: true, rule: env }", null)]
    [InlineData("{ action: 'read:file', resource: ./a }", "expected deny, decided allow")]
    [InlineData("{ action: 'read:file', resource: ./a, expect: allow, rule: other }", "expected rule `other`")]
    [InlineData("{ action: 'read:file', resource: ./a, expect: allow, policy: other }", "expected policy `other`")]
    [InlineData("{ action: 'read:file', resource: ./.env, reason: nonsense }", "expected a reason with `nonsense`")]
    public void Case_Run_SaysWhatIsNotAsExpected(string @case, string? problem)
    {
        var suite = Read($"fixtures: {{ workspaces: {{ app: {{ path: /w/app, home: /home/dev, links: {{ ./link: .env, ./loop: loop }} }} }} }}\ncases: [ {@case} ]");

        var result = SuiteRunner.Run(suite, Bundle(Policy), _ => []).Cases.Single();

        result.Passed.Should().Be(problem is null);
        if (problem is not null)
        {
            result.Problem.Should().Contain(problem);
        }
    }

    [Fact]
    public void Case_WithAToolCall_IsAdaptedInTheStatedTree()
    {
        var suite = Read("""
            fixtures:
              workspaces:
                app: { path: /w/app, home: /home/x, files: [./a, ~/b, /c], links: { ./l: a } }
            cases:
              - { tool: Read, input: { file_path: a, limit: 5, deep: { list: [true, null, "5"] } }, cwd: ./sub, permissionMode: plan }
            """);
        SuiteToolCall? seen = null;

        SuiteRunner.Run(suite, Bundle(Policy), call =>
        {
            seen = call;
            return [];
        });

        seen!.Tool.Should().Be("Read");
        seen.Cwd.Should().Be("/w/app/./sub");
        seen.PermissionMode.Should().Be("plan");
        seen.Input.GetRawText().Should().Be("""{"file_path":"a","limit":5,"deep":{"list":[true,null,"5"]}}""");
        seen.Workspace.Files.Should().Equal("/w/app/a", "/home/x/b", "/c");
        seen.Workspace.Links.Should().Contain("/w/app/l", "a");
    }

    [Theory]
    [InlineData("suite: x", "GRD012")]
    [InlineData("cases: []", "GRD013")]
    [InlineData("cases: [ 5 ]", "GRD011")]
    [InlineData("cases: [ { action: 'read:file' } ]", "GRD060")]
    [InlineData("cases: [ { tool: Read, action: 'read:file', resource: x } ]", "GRD060")]
    [InlineData("cases: [ { tool: Read, input: x } ]", "GRD060")]
    [InlineData("cases: [ { action: 'read:file', resource: x, page: allow } ]", "GRD060")]
    [InlineData("cases: [ { action: 'read:file', resource: x, page: deny, differs: hosts } ]", "GRD060")]
    [InlineData("cases: [ { action: 'read:file', resource: x, agent: nobody } ]", "GRD061")]
    [InlineData("fixtures: { workspaces: { app: { path: app } } }\ncases: [ { action: 'read:file', resource: x } ]", "GRD061")]
    [InlineData("cases: [ { action: 'read:file', resource: x, expect: maybe } ]", "GRD020")]
    [InlineData("cases: [ { action: 'read:file', resource: x, expected: allow } ]", "GRD010")]
    [InlineData("cases: [ { action: 'read:file', resource: x, now: soon } ]", "GRD029")]
    public void Suite_WithAnError_IsRefusedWithItsCode(string document, string code)
    {
        var read = SuiteReader.Read(new PolicySource("p_test.yaml", document));

        read.Suite.Should().BeNull();
        read.Diagnostics.Should().ContainSingle().Which.Code.Should().Be(code);
    }

    private static Suite Read(string document)
    {
        var read = SuiteReader.Read(new PolicySource("p_test.yaml", document));
        read.Diagnostics.Should().BeEmpty();
        return read.Suite!;
    }
}
