using System.Reflection;
using System.Text.RegularExpressions;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;

namespace Guard.Policy.Tests.Documents;

/// <summary>What is wrong with a document is said with code, place and remedy, all of it in one run.</summary>
public sealed class DiagnosticTests
{
    /// <summary>Whatever a document nests in what: one level too many is refused, and what is at the limit is read and judged.</summary>
    [Theory]
    [InlineData("[", "]")]
    [InlineData("{ a: ", " }")]
    [InlineData("[ { a: ", " } ]")]
    [InlineData("{ [", "]: 1 }")]
    public void Document_NestedTooDeep_IsRefusedAsThat(string open, string close)
    {
        var levels = DocumentReader.MaxDepth / open.Count(c => c is '[' or '{');

        Codes(levels + 1).Should().Equal(DiagnosticCodes.TooComplex);
        Codes(levels - 2).Should().NotContain(DiagnosticCodes.TooComplex);

        IEnumerable<string> Codes(int count) => PolicyCompiler.Compile([new PolicySource("p.yaml", "x: " + string.Concat(Enumerable.Repeat(open, count)) + "1" + string.Concat(Enumerable.Repeat(close, count)))], FloorSettings.Default).Diagnostics.Select(d => d.Code);
    }

    [Theory]
    [InlineData("a: [", "GRD001")]
    [InlineData("a: \"./\\*\\*\"", "GRD001")]
    [InlineData("rules: [ { effect: deny, actions: *all } ]", "GRD004")]
    [InlineData("rules: &x [ { effect: deny, actions: [\"*\"] } ]", "GRD004")]
    [InlineData("name: a\nname: b\nrules: [ { effect: deny, actions: [\"*\"] } ]", "GRD005")]
    [InlineData("name: a\n---\nname: b", "GRD006")]
    [InlineData("", "GRD007")]
    [InlineData("- a", "GRD007")]
    [InlineData("name: !x y", "GRD008")]
    [InlineData("rule: []\nrules: [ { effect: deny, actions: [\"*\"] } ]", "GRD010")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { resource: { match: x } } } ]", "GRD010")]
    [InlineData("rules: 5", "GRD011")]
    [InlineData("rules: [ 5 ]", "GRD011")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], grant: maybe } ]", "GRD011")]
    [InlineData("rules: [ { effect: [deny], actions: [\"*\"] } ]", "GRD011")]
    [InlineData("rules: [ { effect: deny, actions: [[x]] } ]", "GRD011")]
    [InlineData("name: x", "GRD012")]
    [InlineData("rules: [ { actions: [\"*\"] } ]", "GRD012")]
    [InlineData("rules: [ { effect: deny } ]", "GRD012")]
    [InlineData("rules: []", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [] } ]", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { resource: { matches: [] } } } ]", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { resource: { matches: ~ } } } ]", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { resource: { matches: \"\" } } } ]", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { resource: {} } } ]", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { } } ]", "GRD013")]
    [InlineData("rules: [ { effect: forbid, actions: [\"*\"] } ]", "GRD020")]
    [InlineData("rules: [ { effect: Deny, actions: [\"*\"] } ]", "GRD020")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"] } ]\nshell: { unresolved: allow }", "GRD020")]
    [InlineData("rules: [ { effect: deny, actions: [\"raed:file\"] } ]", "GRD021")]
    [InlineData("rules: [ { effect: deny, actions: [\"exec\"] } ]", "GRD021")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:\"] } ]", "GRD021")]
    [InlineData("appliesTo: { trustTiers: [high] }\nrules: [ { effect: deny, actions: [\"*\"] } ]", "GRD022")]
    [InlineData("rules: [ { id: a, effect: deny, actions: [\"*\"] }, { id: a, effect: allow, actions: [\"*\"] } ]", "GRD023")]
    [InlineData("name: floor\nrules: [ { effect: deny, actions: [\"*\"] } ]", "GRD025")]
    [InlineData("rules: [ { id: default, effect: deny, actions: [\"*\"] } ]", "GRD025")]
    [InlineData("name: \"a\\e[31m\"\nrules: [ { effect: deny, actions: [\"*\"] } ]", "GRD025")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { matches: \"a[\" } } } ]", "GRD026")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { matches: \"src/\" } } } ]", "GRD026")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { regex: \"(\" } } } ]", "GRD027")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { regex: \"(?=a)\" } } } ]", "GRD027")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { regex: '(a)\\1' } } } ]", "GRD027")]
    [InlineData("rules: [ { effect: allow, actions: [\"read:file\"], conditions: { resource: { regex: 'a)|(b' } } } ]", "GRD027")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:web_fetch\"], conditions: { resource: { host: \"https://x\" } } } ]", "GRD028")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { time: { days: [monday] } } } ]", "GRD029")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { time: { between: [\"8:00\", \"19:00\"] } } } ]", "GRD029")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { time: { between: [\"08:00\", \"08:00\"] } } } ]", "GRD029")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { time: { zone: Europe/Atlantis } } } ]", "GRD029")]
    [InlineData("rules: [ { effect: approve, actions: [\"*\"], approval: { timeout: soon } } ]", "GRD030")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"] } ]\naudit: { include: [everything] }", "GRD031")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"] } ]\naudit: { redact: [content] }", "GRD031")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"] } ]\naudit: { enabled: false }", "GRD032")]
    [InlineData("rules: [ { effect: deny, grant: true, actions: [\"*\"] } ]", "GRD033")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], approval: { workflow: x } } ]", "GRD033")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { host: x } } } ]", "GRD033")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], mode: trial } ]", "GRD034")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { program: /bin/rm } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { program: git push } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { program: \"a[\" } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { subcommand: --force } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { flags: [--color=auto] } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { anyFlags: [--] } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { args: [\"a[\"] } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: allow, actions: [\"execute:shell\"], conditions: { command: { subcommand: push } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: allow, actions: [\"execute:shell\"], conditions: { command: { program: git, reads: false } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"execute:shell\"], conditions: { command: { reads: true } } } ]", "GRD035")]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { command: { program: rm } } } ]", "GRD033")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { programs: rm } } } ]", "GRD010")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { command: { } } } ]", "GRD013")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"args.x ==\" } } ]", "GRD054")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"arg.x == 1\" } } ]", "GRD055")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"context.brunch == 'x'\" } } ]", "GRD055")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"resource.contains()\" } } ]", "GRD056")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"resource + 1 == 'x'\" } } ]", "GRD057")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"resource\" } } ]", "GRD057")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"resource.matches('(?=a)')\" } } ]", "GRD027")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"], conditions: { when: \"((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1\" } } ]", "GRD058")]
    public void Document_WithOneError_IsRefusedWithItsCode(string document, string code)
    {
        var result = PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default);

        result.Bundle.Should().BeNull();
        result.Diagnostics.Should().ContainSingle(d => d.Severity == Severity.Error).Which.Code.Should().Be(code);
        result.Diagnostics.Should().OnlyContain(d => d.Line >= 1 && d.Column >= 1 && d.File == "p.yaml" && d.Message.Length > 0 && d.Remedy.Length > 0 && !d.ToString().Any(char.IsControl));
    }

    [Theory]
    [InlineData("rules: [ { effect: deny, actions: [\"read:file\"], conditions: { resource: { matches: 'a\\*' } } } ]", "GRD050")]
    [InlineData("rules: [ { effect: allow, actions: [\"read:web_fetch\"], conditions: { resource: { contains: github.com } } } ]", "GRD051")]
    [InlineData("rules: [ { effect: deny, actions: [\"invoke:Bash\"] } ]", "GRD052")]
    [InlineData("rules: [ { effect: deny, actions: [\"*\"] }, { effect: deny, actions: [\"*\"] } ]", "GRD053")]
    public void Document_WithSomethingOdd_IsAcceptedWithAWarning(string document, string code)
    {
        var result = PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default);

        result.Succeeded.Should().BeTrue();
        result.Diagnostics.Should().ContainSingle().Which.Should().Match<Diagnostic>(d => d.Code == code && d.Severity == Severity.Warning);
    }

    [Fact]
    public void Documents_SeveralProblems_AreAllReportedAtTheirPlaces()
    {
        const string First = """
            name: first
            rules:
              - effect: forbid
                actions: ["raed:file"]
                conditions:
                  resource:
                    match: "x"
            """;
        var result = PolicyCompiler.Compile([new PolicySource("a.yaml", First), new PolicySource("b.yaml", "tools: []")], FloorSettings.Default);

        result.Diagnostics.Select(d => d.ToString()).Should().Equal(
            "a.yaml:3:13 GRD020 `forbid` is no effect here (use one of allow, ask, approve, deny)",
            "a.yaml:4:15 GRD021 `raed:file` is no action (did you mean `read:file`?)",
            "a.yaml:7:9 GRD010 unknown key `match` (did you mean `matches`?)",
            "b.yaml:1:8 GRD013 `tools` is an empty list (list something or remove the key)");
    }

    [Fact]
    public void Policies_SameNameOtherContent_AreRefused()
    {
        var result = PolicyCompiler.Compile(
            [new PolicySource("a.yaml", "name: x\nrules: [ { effect: deny, actions: [\"*\"] } ]"), new PolicySource("b.yaml", "name: x\nrules: [ { effect: allow, actions: [\"*\"] } ]")],
            FloorSettings.Default);

        result.Diagnostics.Should().ContainSingle().Which.Code.Should().Be("GRD024");
    }

    [Theory]
    [InlineData("GRD002")]
    [InlineData("GRD003")]
    [InlineData("GRD014")]
    public void Document_OverALimit_IsRefused(string code)
    {
        var document = code switch
        {
            "GRD002" => "name: x\n#" + new string('x', DocumentReader.MaxCharacters),
            "GRD003" => "rules: " + new string('[', 10_000),
            _ => $"name: x\ndescription: {new string('x', 10_000)}\nrules: [ {{ effect: deny, actions: [\"*\"] }} ]",
        };

        PolicyCompiler.Compile([new PolicySource("p.yaml", document)], FloorSettings.Default).Diagnostics.Should().ContainSingle().Which.Code.Should().Be(code);
    }

    [Fact]
    public void Document_WithTooManyParts_IsRefusedBeforeItIsBuilt() =>
        PolicyCompiler.Compile([new PolicySource("p.yaml", "rules: [" + string.Concat(Enumerable.Repeat("x,", 50_000)) + "]")], FloorSettings.Default)
            .Diagnostics.Should().ContainSingle().Which.Code.Should().Be("GRD003");

    // The list in docs/policies.md is the reference people look codes up in.
    [Fact]
    public void Codes_InSource_AreThoseOfTheDocumentation()
    {
        var inSource = typeof(DiagnosticCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).Order().ToList();
        var documented = Regex.Matches(File.ReadAllText(Repository.File("docs/policies.md")), @"^\| `(GRD\d{3})` \|", RegexOptions.NonBacktracking | RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value).ToList();

        documented.Should().BeEquivalentTo(inSource);
        inSource.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Codes_EachOne_IsUsed()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Repository.File("src/Guard.Policy"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        typeof(DiagnosticCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => $"DiagnosticCodes.{f.Name}").Where(use => !sources.Contains(use, StringComparison.Ordinal))
            .Should().BeEmpty();
    }
}
