using Guard.Policy.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Guard.Policy.Documents;

/// <summary>
/// Reads one YAML document into nodes. The limits hold while the parser's events come in, before anything is built from
/// them; anchors, aliases and tags are refused, so that what stands there is what is meant.
/// </summary>
internal static class DocumentReader
{
    public const int MaxCharacters = 256 * 1024;
    public const int MaxDepth = 24;
    public const int MaxNodes = 20_000;

    /// <summary>The document's root mapping, or null after at least one error was reported.</summary>
    public static MappingNode? Read(string text, DiagnosticBag diagnostics)
    {
        var start = new Mark(1, 1);
        if (text.Length > MaxCharacters)
        {
            diagnostics.Error(DiagnosticCodes.TooLarge, start,
                $"the document has {text.Length} characters, the limit is {MaxCharacters}", "split it into several policies");
            return null;
        }

        try
        {
            var events = new Events(new Parser(new Scanner(new StringReader(text), skipComments: true)), text, diagnostics);
            return events.ReadStream();
        }
        catch (YamlException e)
        {
            diagnostics.Error(DiagnosticCodes.InvalidYaml, At(e.Start),
                $"not valid YAML: {Shown.Text(e.Message)}", "check quotes and indentation at this place; a text with `\\`, `*`, `&`, `!`, `#` or `: ` wants single quotes");
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The parser's own failures on malformed text: the document is refused like any other that is not YAML.
            diagnostics.Error(DiagnosticCodes.InvalidYaml, start, $"not valid YAML: {Shown.Text(e.Message)}", "check the document with a YAML checker");
            return null;
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static Mark At(YamlDotNet.Core.Mark mark) => new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    /// <summary>The document was refused and the reason reported.</summary>
    private sealed class RefusedException : Exception;

    private sealed class Events(Parser parser, string text, DiagnosticBag diagnostics)
    {
        private int _nodes;

        public MappingNode? ReadStream()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out var end))
            {
                throw Refuse(DiagnosticCodes.NotAMapping, At(end.Start), "the document is empty", "a policy starts with `name:`");
            }

            var documentStart = parser.Consume<DocumentStart>();
            var root = ReadNode(0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
            {
                throw Refuse(DiagnosticCodes.SeveralDocuments, At(second.Start), "a second document starts here", "write one policy per file");
            }

            parser.Consume<StreamEnd>();
            if (root is MappingNode mapping)
            {
                return mapping;
            }

            throw Refuse(DiagnosticCodes.NotAMapping, root?.At ?? At(documentStart.Start),
                "the document is not a set of `key: value` lines", "a policy starts with `name:`");
        }

        private DocumentNode ReadNode(int depth)
        {
            var next = parser.Current ?? throw Refuse(DiagnosticCodes.InvalidYaml, new Mark(1, 1), "the document ends early", "complete it");
            var at = At(next.Start);
            if (depth > MaxDepth || ++_nodes > MaxNodes)
            {
                throw Refuse(DiagnosticCodes.TooComplex, at,
                    $"the document is deeper than {MaxDepth} levels or has more than {MaxNodes} parts", "split it into several policies");
            }

            if (next is AnchorAlias || next is NodeEvent { Anchor.IsEmpty: false })
            {
                throw Refuse(DiagnosticCodes.AnchorOrAlias, at, "anchors (`&x`) and aliases (`*x`) are not supported",
                    "put quotes around text that starts with `*` or `&`, or write the value out");
            }

            if (next is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
            {
                throw Refuse(DiagnosticCodes.Tag, at, "tags (`!x`) are not supported", "put quotes around text that starts with `!`, or remove the tag");
            }

            switch (next)
            {
                case Scalar scalar:
                    parser.MoveNext();
                    return new ScalarNode(at, scalar.Value, scalar.Style == ScalarStyle.Plain) { Raw = Raw(scalar) };
                case SequenceStart:
                    parser.MoveNext();
                    return ReadSequence(at, depth);
                case MappingStart:
                    parser.MoveNext();
                    return ReadMapping(at, depth);
                default:
                    throw Refuse(DiagnosticCodes.InvalidYaml, at, "a value is missing here", "complete the document");
            }
        }

        private ReadOnlyMemory<char> Raw(Scalar scalar)
        {
            var start = (int)Math.Clamp(scalar.Start.Index, 0, text.Length);
            var end = (int)Math.Clamp(scalar.End.Index, start, text.Length);
            return text.AsMemory(start, end - start);
        }

        private SequenceNode ReadSequence(Mark at, int depth)
        {
            var items = new List<DocumentNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1));
            }

            return new SequenceNode(at, items);
        }

        private MappingNode ReadMapping(Mark at, int depth)
        {
            var entries = new List<KeyValuePair<ScalarNode, DocumentNode>>();
            var keys = new Dictionary<string, Mark>(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = ReadNode(depth + 1);
                var value = ReadNode(depth + 1);
                if (key is not ScalarNode name)
                {
                    diagnostics.Error(DiagnosticCodes.WrongType, key.At, "a key must be text", "write `key: value`");
                }
                else if (keys.TryGetValue(name.Text, out var first))
                {
                    diagnostics.Error(DiagnosticCodes.DuplicateKey, name.At,
                        $"the key `{Shown.Text(name.Text)}` stands here for the second time (first in line {first.Line})", "remove one of the two, or join their values");
                }
                else
                {
                    keys.Add(name.Text, name.At);
                    entries.Add(new(name, value));
                }
            }

            return new MappingNode(at, entries);
        }

        private RefusedException Refuse(string code, Mark at, string message, string remedy)
        {
            diagnostics.Error(code, at, message, remedy);
            return new RefusedException();
        }
    }
}
