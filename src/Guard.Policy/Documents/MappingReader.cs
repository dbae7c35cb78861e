using System.Collections.Immutable;
using System.Globalization;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Documents;

/// <summary>
/// Reads the keys of one mapping. Each key is asked for once; <see cref="Finish"/> reports those nobody asked for.
/// </summary>
internal sealed class MappingReader
{
    private const int MaxText = 8192;

    private readonly MappingNode _node;
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<string, DocumentNode> _values = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    public MappingReader(MappingNode node, DiagnosticBag diagnostics)
    {
        _node = node;
        _diagnostics = diagnostics;
        foreach (var (key, value) in node.Entries)
        {
            _values[key.Text] = value;
        }
    }

    public Mark At => _node.At;

    public bool Has(string key) => _values.ContainsKey(key);

    public Mark KeyAt(string key) => _node.Entries.FirstOrDefault(e => e.Key.Text == key).Key?.At ?? At;

    /// <summary>The value as written, or null where the key is absent.</summary>
    public DocumentNode? Node(string key)
    {
        _known.Add(key);
        return _values.GetValueOrDefault(key);
    }

    public ScalarNode? Scalar(string key) => Node(key) is { } node ? AsText(node, key) : null;

    public string? Text(string key) => Scalar(key)?.Text;

    public ScalarNode? RequiredScalar(string key, string example)
    {
        if (!Has(key))
        {
            _ = Node(key);
            _diagnostics.Error(DiagnosticCodes.MissingKey, At, $"`{key}` is missing", $"write for example `{key}: {example}`");
            return null;
        }

        return Scalar(key);
    }

    public bool? Boolean(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case ScalarNode { Plain: true, Text: "true" or "True" or "TRUE" }:
                return true;
            case ScalarNode { Plain: true, Text: "false" or "False" or "FALSE" }:
                return false;
            case var other:
                WrongType(other, key, "`true` or `false`");
                return null;
        }
    }

    public int? Integer(string key, int minimum, int maximum)
    {
        if (Node(key) is not { } node)
        {
            return null;
        }

        if (node is ScalarNode scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= minimum && value <= maximum)
        {
            return value;
        }

        WrongType(node, key, $"a whole number from {minimum} to {maximum}");
        return null;
    }

    public MappingReader? Mapping(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case MappingNode { Entries.Count: 0 } empty:
                _diagnostics.Error(DiagnosticCodes.Empty, empty.At, $"`{key}` is empty", "say something in it or remove it");
                return null;
            case MappingNode mapping:
                return new MappingReader(mapping, _diagnostics);
            case ScalarNode { IsNull: true } nothing:
                _diagnostics.Error(DiagnosticCodes.Empty, nothing.At, $"`{key}` is empty", "say something in it or remove it");
                return null;
            case var other:
                WrongType(other, key, "a set of `key: value` lines");
                return null;
        }
    }

    public IReadOnlyList<DocumentNode>? Sequence(string key)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case SequenceNode { Items.Count: 0 } empty:
                _diagnostics.Error(DiagnosticCodes.Empty, empty.At, $"`{key}` is an empty list", "list something or remove the key");
                return null;
            case SequenceNode sequence:
                return sequence.Items;
            case ScalarNode { IsNull: true } nothing:
                _diagnostics.Error(DiagnosticCodes.Empty, nothing.At, $"`{key}` is empty", "list something or remove the key");
                return null;
            case var other:
                WrongType(other, key, "a list");
                return null;
        }
    }

    /// <summary>One text or a list of texts; empty where the key is absent or wrong.</summary>
    public ImmutableArray<ScalarNode> Texts(string key)
    {
        switch (Node(key))
        {
            case null:
                return [];
            case SequenceNode { Items.Count: 0 } empty:
                _diagnostics.Error(DiagnosticCodes.Empty, empty.At, $"`{key}` is an empty list", "list something or remove the key");
                return [];
            case SequenceNode sequence:
                return [.. sequence.Items.Select(item => AsText(item, key)).OfType<ScalarNode>()];
            case var single:
                return AsText(single, key) is { } text ? [text] : [];
        }
    }

    /// <summary>Reports every key that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var (key, _) in _node.Entries)
        {
            if (!_known.Contains(key.Text))
            {
                _diagnostics.Error(DiagnosticCodes.UnknownKey, key.At, $"unknown key `{Shown.Text(key.Text, 64)}`", Nearest.Remedy(key.Text, _known));
            }
        }
    }

    private ScalarNode? AsText(DocumentNode node, string key)
    {
        switch (node)
        {
            case ScalarNode { IsNull: true, Text: "~" } home:
                _diagnostics.Error(DiagnosticCodes.Empty, home.At, $"`{key}` is `~`, which is nothing in YAML", "write \"~\" in quotes for the home folder");
                return null;
            case ScalarNode { IsNull: true } nothing:
                _diagnostics.Error(DiagnosticCodes.Empty, nothing.At, $"`{key}` is empty", "say something or remove the key");
                return null;
            case ScalarNode { Text: "" } empty:
                _diagnostics.Error(DiagnosticCodes.Empty, empty.At, $"`{key}` is an empty text", "say something or remove the key");
                return null;
            case ScalarNode { Text.Length: > MaxText } tooLong:
                _diagnostics.Error(DiagnosticCodes.TooLong, tooLong.At, $"`{key}` has {tooLong.Text.Length} characters, the limit is {MaxText}", "shorten it");
                return null;
            case ScalarNode scalar:
                return scalar;
            default:
                WrongType(node, key, "text");
                return null;
        }
    }

    private void WrongType(DocumentNode node, string key, string wanted)
    {
        var found = node switch
        {
            SequenceNode => "a list",
            MappingNode => "a set of `key: value` lines",
            ScalarNode scalar => $"`{Shown.Text(scalar.Text, 64)}`",
            _ => "something else",
        };
        _diagnostics.Error(DiagnosticCodes.WrongType, node.At, $"`{key}` is {found}", $"write {wanted}");
    }
}
