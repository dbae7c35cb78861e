using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Guard.Cli.Tests.Schemas;

/// <summary>The JSON Schemas for editors, checked with a validator that is none of ours against everything that ships and against documents that Guard refuses.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("policy")]
    [InlineData("tools")]
    [InlineData("suite")]
    public async Task Documents_ThatShip_FitTheirSchema(string kind)
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("policies"), "*.yaml", SearchOption.AllDirectories).Where(f => KindOf(f) == kind).ToList();

        files.Count.Should().BeGreaterThan(5);
        (await SchemaValidator.ProblemsAsync(Schema(kind), files.Select(f => (Path.GetFileName(f), Json(File.ReadAllText(f)))))).Should().BeEmpty();
    }

    [Fact]
    public async Task Descriptions_OfProgramsThatShip_FitTheirSchema()
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(SchemaFile("programs"))!, "*.yaml");

        files.Length.Should().BeGreaterThan(5);
        (await SchemaValidator.ProblemsAsync(Schema("programs"), files.Select(f => (Path.GetFileName(f), Json(File.ReadAllText(f)))))).Should().BeEmpty();
    }

    // Guard.Shell.Tests holds the reader to the same list.
    [Fact]
    public async Task Descriptions_ThatTheReaderRefuses_DoNotFit()
    {
        var wrong = File.ReadAllLines(Repository.PathOf("tests", "Guard.Shell.Tests", "Effects", "wrong-descriptions.txt")).Where(l => l.Length > 0 && !l.StartsWith('#')).ToList();

        var problems = await SchemaValidator.ProblemsAsync(Schema("programs"), wrong.Select(l => (l, Json(l))));

        problems.Select(p => wrong.Find(l => p.StartsWith(l + ": ", StringComparison.Ordinal))).Should().Equal(wrong);
    }

    // Each is an error to the reader as well, which says more about it.
    [Theory]
    [InlineData("policy", "rules: []")]
    [InlineData("policy", "rules: [ { effect: perhaps, actions: ['*'] } ]")]
    [InlineData("policy", "rules: [ { effect: deny } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'], grant: true } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'], approval: { workflow: x } } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'], conditions: { resource: { match: x } } } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'], conditions: { resource: { matches: [] } } } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'], conditions: { time: { days: [someday] } } } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'], conditions: { trust: { atLeast: some } } } ]")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'] } ]\naudit: { enabled: false }")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'] } ]\nshell: { unresolved: allow }")]
    [InlineData("policy", "rules: [ { effect: deny, actions: ['*'] } ]\nsurplus: 1")]
    [InlineData("tools", "tools: [ { conditions: [] } ]")]
    [InlineData("tools", "tools: [ { name: bash, conditions: [ { action: deny } ] } ]")]
    [InlineData("tools", "tools: [ { name: bash, conditions: [ { expression: 'true', action: perhaps } ] } ]")]
    [InlineData("tools", "tools: [ { name: bash } ]\ndefaults: { unknown_tools: ask }")]
    [InlineData("tools", "tools: [ { name: bash } ]\napproval_workflows: [ { name: x, approvers: [ { user: a, role: b } ] } ]")]
    [InlineData("suite", "cases: []")]
    [InlineData("suite", "cases: [ { name: x, tool: Read, action: 'read:file' } ]")]
    [InlineData("suite", "cases: [ { name: x, tool: Read, expect: maybe } ]")]
    [InlineData("hook", "{ gatewayUrl: 'ftp://x', apiKey: k }")]
    [InlineData("hook", "{ gatewayUrl: 'unix:/x' }")]
    [InlineData("hook", "{ gatewayUrl: 'unix:/x', apiKey: k, timeoutSeconds: 0 }")]
    [InlineData("hook", "{ gatewayUrl: 'unix:/x', apiKey: k, retries: 3 }")]
    public async Task Document_ThatIsWrong_DoesNotFit(string kind, string document) =>
        (await SchemaValidator.ProblemsAsync(Schema(kind), [("wrong", Json(document))])).Should().ContainSingle();

    [Theory]
    [InlineData("policy", "{ name: x, version: 1.0, rules: [ { effect: allow, actions: 'read:file', grant: true, conditions: { when: 'true', time: { days: mon-fri, between: ['22:00', '24:00'] } } } ], appliesTo: { trustTiers: trusted } }")]
    [InlineData("policy", "{ approval_workflows: [ { name: ops, timeout_seconds: 60, reuse: 30m, escalation: { after_seconds: 30, approvers: [ { role: lead } ] } } ], rules: [ { effect: approve, actions: ['*'], approval: { workflow: ops, timeout: 90s } } ] }")]
    [InlineData("hook", "{ gatewayUrl: 'unix:/home/dev/.guard/gateway.sock', apiKey: guard_agent_x, agentName: dev, mode: audit, timeoutSeconds: 2.5, traceHeader: Guard-Trace, caFile: /etc/ca.pem, stateDirectory: /var/lib/guard, gatewayUser: guard }")]
    public async Task Document_WithEverything_Fits(string kind, string document) =>
        (await SchemaValidator.ProblemsAsync(Schema(kind), [("right", Json(document))])).Should().BeEmpty();

    private static string Schema(string kind) => File.ReadAllText(SchemaFile(kind));

    private static string SchemaFile(string kind) => kind == "programs" ? Repository.PathOf("src", "Guard.Shell", "Programs", "programs.schema.json") : Repository.PathOf("schemas", $"guard-{kind}.schema.json");

    private static string KindOf(string file) => file.EndsWith("_test.yaml", StringComparison.Ordinal) ? "suite" : File.ReadAllText(file).Contains("\ntools:", StringComparison.Ordinal) ? "tools" : "policy";

    private static JsonNode? Json(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Json(stream.Documents[0].RootNode);
    }

    // YAML's core schema, as editors read it.
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Json(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => JsonValue.Create(quoted.Value),
        YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Value: "" or "~" or "null" or null } => null,
        YamlScalarNode number when double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => JsonValue.Create(value),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException($"{node} is no YAML that policies hold."),
    };
}
