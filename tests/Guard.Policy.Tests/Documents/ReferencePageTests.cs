using System.Text.RegularExpressions;
using Guard.Policy.Diagnostics;
using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Documents;

/// <summary>docs/policies.md names exactly the keys that the reader takes, and everything on it that looks like a document is one.</summary>
public sealed class ReferencePageTests
{
    private const string Unknown = "zzzzzzzzzzzzzzzz";
    private const string Workflow = "approval_workflows[].";
    private const string Conditions = "rules[].conditions.";

    private static readonly string Page = File.ReadAllText(Repository.File("docs/policies.md"));

    // Each set of keys with an unknown one in it: the reader's remedy lists what it takes there.
    private static readonly (string Prefix, string Document)[] RulesDialect =
    [
        ("", "rules: [ R ]\nX: 1"), ("appliesTo.", "rules: [ R ]\nappliesTo: { X: 1 }"), ("shell.", "rules: [ R ]\nshell: { X: 1 }"), ("audit.", "rules: [ R ]\naudit: { X: 1 }"),
        ("rules[].", "rules: [ { X: 1 } ]"), ("rules[].approval.", "rules: [ { approval: { X: 1 } } ]"), (Conditions, "rules: [ { conditions: { X: 1 } } ]"),
        (Conditions + "resource.", "rules: [ { conditions: { resource: { X: 1 } } } ]"), (Conditions + "command.", "rules: [ { conditions: { command: { X: 1 } } } ]"),
        (Conditions + "time.", "rules: [ { conditions: { time: { X: 1 } } } ]"), (Conditions + "trust.", "rules: [ { conditions: { trust: { X: 1 } } } ]"), (Conditions + "context.", "rules: [ { conditions: { context: { X: 1 } } } ]"),
        (Workflow, "rules: [ R ]\napproval_workflows: [ { X: 1 } ]"), (Workflow + "approvers[].", "rules: [ R ]\napproval_workflows: [ { approvers: [ { X: 1 } ] } ]"), (Workflow + "escalation.", "rules: [ R ]\napproval_workflows: [ { escalation: { X: 1 } } ]"),
    ];

    private static readonly (string Prefix, string Document)[] ToolsDialect =
    [
        ("", "metadata: { name: x }\ntools: [ { name: bash } ]\nX: 1"), ("metadata.", "metadata: { X: 1 }\ntools: [ { name: bash } ]"), ("defaults.", "tools: [ { name: bash } ]\ndefaults: { X: 1 }"),
        ("tools[].", "tools: [ { X: 1 } ]"), ("tools[].conditions[].", "tools: [ { name: bash, conditions: [ { X: 1 } ] } ]"),
    ];

    [Fact]
    public void Keys_OfTheRulesDialect_AreThoseOfThePage() =>
        Named("### Keys of the rules dialect").Concat(Named("### Workflows, in both dialects")).Should().BeEquivalentTo(Taken(RulesDialect));

    [Fact]
    public void Keys_OfTheToolsDialect_AreThoseOfThePage()
    {
        // The section names these of the other dialect in a sentence.
        string[] shared = ["version", "appliesTo", "shell", "audit", "approval_workflows"];

        // `rules` has a diagnostic of its own there.
        Named("### Keys of the tools dialect").Concat(shared).Append("rules").Should().BeEquivalentTo(Taken(ToolsDialect));
        Section("### Keys of the tools dialect").Split("| key")[0].Should().ContainAll(shared.Select(k => $"`{k}`"));
    }

    [Fact]
    public void Examples_OfKeys_AreTaken()
    {
        foreach (var (key, example) in Rows("### Keys of the rules dialect").Concat(Rows("### Workflows, in both dialects")).Concat(Rows("### Keys of the tools dialect")).Where(r => r.Example.Length > 0))
        {
            var text = Wrapped(key, example);

            PolicyCompiler.Compile([new PolicySource("p.yaml", text)], FloorSettings.Default).Diagnostics.Where(d => d.Severity == Severity.Error).Should().BeEmpty("of `{0}`:\n{1}", key, text);
        }
    }

    [Theory]
    [InlineData("docs/policies.md", 5)]
    [InlineData("docs/coming-from-tools.md", 1)]
    [InlineData("docs/coming-from-permissions.md", 1)]
    public void Blocks_OfAPage_Load(string page, int least)
    {
        var blocks = Regex.Matches(File.ReadAllText(Repository.File(page)), "^ *```yaml\n(.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToList();

        blocks.Should().HaveCountGreaterThanOrEqualTo(least);
        foreach (var block in blocks)
        {
            var source = new PolicySource("block.yaml", block);
            var diagnostics = block.Contains("\ncases:", StringComparison.Ordinal) ? SuiteReader.Read(source).Diagnostics : PolicyCompiler.Compile([source], FloorSettings.Default).Diagnostics;
            diagnostics.Should().BeEmpty("of\n{0}", block);
        }
    }

    private static IEnumerable<string> Taken((string Prefix, string Document)[] places) => places.SelectMany(place =>
    {
        var text = place.Document.Replace("X: 1", $"{Unknown}: 1", StringComparison.Ordinal).Replace("R ]", "{ effect: deny, actions: ['*'] } ]", StringComparison.Ordinal);
        var problem = PolicyCompiler.Compile([new PolicySource("p.yaml", text)], FloorSettings.Default).Diagnostics.Single(d => d.Code == DiagnosticCodes.UnknownKey);
        return problem.Remedy["use one of ".Length..].Split(", ").Select(k => place.Prefix + k);
    });

    private static IEnumerable<string> Named(string heading) => Rows(heading).Select(r => r.Key);

    private static IEnumerable<(string Key, string Example)> Rows(string heading) => Section(heading).Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal))
        .Select(l => l.Split(" |")).Select(c => (c[0].Trim('|', ' ', '`'), c[4].Trim('|', ' ', '`')));

    private static string Section(string heading)
    {
        var start = Page.IndexOf(heading, StringComparison.Ordinal);
        var end = Page.IndexOf("\n##", start + heading.Length, StringComparison.Ordinal);
        return Page[start..end];
    }

    /// <summary>The example in the smallest document that has its place.</summary>
    private static string Wrapped(string key, string example)
    {
        var text = example;
        var parts = key.Split('.');
        for (var i = parts.Length - 2; i >= 0; i--)
        {
            var missing = parts[i] switch
            {
                "rules[]" => (text.StartsWith("effect:", StringComparison.Ordinal) ? "" : $", effect: {(text.StartsWith("grant", StringComparison.Ordinal) || text.Contains("reads: true", StringComparison.Ordinal) ? "allow" : text.StartsWith("approval", StringComparison.Ordinal) ? "approve" : "deny")}")
                    + (text.StartsWith("actions:", StringComparison.Ordinal) ? "" : ", actions: [\"read:file\", \"execute:shell\", \"read:web_fetch\"]"),
                "approval_workflows[]" => text.StartsWith("name:", StringComparison.Ordinal) ? "" : ", name: deploy",
                "escalation" => text.StartsWith("after_seconds", StringComparison.Ordinal) ? ", approvers: [ { role: lead } ]" : ", after_seconds: 5",
                "tools[]" => (text.StartsWith("name:", StringComparison.Ordinal) ? "" : ", name: bash") + (text.StartsWith("timeout_seconds", StringComparison.Ordinal) ? ", approval_workflow: deploy" : ""),
                "conditions[]" => (text.StartsWith("expression:", StringComparison.Ordinal) ? "" : ", expression: 'true'") + (text.StartsWith("action:", StringComparison.Ordinal) ? "" : text.StartsWith("message", StringComparison.Ordinal) ? ", action: deny" : text.StartsWith("approval_workflow", StringComparison.Ordinal) ? "" : ", approval_workflow: deploy"),
                _ => "",
            };
            text = parts[i].EndsWith("[]", StringComparison.Ordinal) ? $"{parts[i][..^2]}: [ {{ {text}{missing} }} ]" : $"{parts[i]}: {{ {text}{missing} }}";
        }

        var isTools = key.StartsWith("tools", StringComparison.Ordinal) || key.StartsWith("metadata", StringComparison.Ordinal) || key.StartsWith("defaults", StringComparison.Ordinal);
        var body = isTools ? key.StartsWith("tools", StringComparison.Ordinal) ? "" : "tools: [ { name: read } ]\n" : key.StartsWith("rules", StringComparison.Ordinal) ? "" : "rules: [ { effect: deny, actions: [\"*\"] } ]\n";
        return body + text + (text.Contains("approval_workflows", StringComparison.Ordinal) || !text.Contains("deploy", StringComparison.Ordinal) ? "\n" : "\napproval_workflows: [ { name: deploy } ]\n");
    }
}
