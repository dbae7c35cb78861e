using System.Runtime.InteropServices;

namespace Guard.Policy.Documents;

/// <summary>A place in a document; both count from 1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Mark(int Line, int Column);

/// <summary>A piece of a YAML document as written, with its place.</summary>
internal abstract record DocumentNode(Mark At);

/// <summary>Text. <see cref="Plain"/>: without quotes, so that <c>true</c> or nothing at all may mean more than their letters.</summary>
internal sealed record ScalarNode(Mark At, string Text, bool Plain) : DocumentNode(At)
{
    /// <summary>As it stands in the document, with its quotes or its indentation.</summary>
    public ReadOnlyMemory<char> Raw { get; init; }

    /// <summary>YAML's null: nothing, <c>~</c> or <c>null</c> without quotes.</summary>
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(Mark At, IReadOnlyList<DocumentNode> Items) : DocumentNode(At);

/// <summary>Keys and values; keys are unique.</summary>
internal sealed record MappingNode(Mark At, IReadOnlyList<KeyValuePair<ScalarNode, DocumentNode>> Entries) : DocumentNode(At);
