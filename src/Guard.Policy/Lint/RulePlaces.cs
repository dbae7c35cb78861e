using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;

namespace Guard.Policy.Lint;

/// <summary>Where the rules of a document and the texts in them stand.</summary>
internal sealed class RulePlaces
{
    private readonly Dictionary<string, DocumentNode> _rules = new(StringComparer.Ordinal);

    public RulePlaces(PolicySource source)
    {
        Root = DocumentReader.Read(source.Text, new DiagnosticBag(source.Path));
        foreach (var (key, value) in Root?.Entries ?? [])
        {
            if (key.Text == "rules" && value is SequenceNode rules)
            {
                foreach (var rule in rules.Items.OfType<MappingNode>())
                {
                    _rules.TryAdd(Text(rule, "id") ?? "rule-" + CanonicalForm.Digest(rule)[..12], rule);
                }
            }
            else if (key.Text == "tools" && value is SequenceNode tools)
            {
                foreach (var tool in tools.Items.OfType<MappingNode>())
                {
                    AddTool(tool);
                }
            }
        }
    }

    public MappingNode? Root { get; }

    /// <summary>The rule's beginning; the document's where it is not found.</summary>
    public Mark Of(string rule) => _rules.GetValueOrDefault(rule)?.At ?? Root?.At ?? new Mark(1, 1);

    /// <summary>A text within the rule; the rule's beginning where it is not found.</summary>
    public Mark Of(string rule, string text) =>
        _rules.TryGetValue(rule, out var node) && Scalars(node).FirstOrDefault(s => s.Text == text) is { } found ? found.At : Of(rule);

    /// <summary>Every text below a node, keys left out.</summary>
    public static IEnumerable<ScalarNode> Scalars(DocumentNode? node) => node switch
    {
        ScalarNode scalar => [scalar],
        SequenceNode sequence => sequence.Items.SelectMany(Scalars),
        MappingNode mapping => mapping.Entries.SelectMany(e => Scalars(e.Value)),
        _ => [],
    };

    private void AddTool(MappingNode tool)
    {
        var server = Text(tool, "source") is { } source and not ("claude_code" or "builtin" or "mcp") ? source + "/" : "";
        var id = server + Text(tool, "name");
        _rules.TryAdd(id, tool);
        if (tool.Entries.FirstOrDefault(e => e.Key.Text == "conditions").Value is SequenceNode conditions)
        {
            for (var i = 0; i < conditions.Items.Count; i++)
            {
                _rules.TryAdd($"{id}/{i + 1}", conditions.Items[i]);
            }
        }
    }

    private static string? Text(MappingNode node, string key) => (node.Entries.FirstOrDefault(e => e.Key.Text == key).Value as ScalarNode)?.Text;
}
