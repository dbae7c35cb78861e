namespace Guard.Shell.Syntax;

public enum RedirectOperator
{
    /// <summary><c>&lt;</c></summary>
    Read,

    /// <summary><c>&gt;</c></summary>
    Write,

    /// <summary><c>&gt;|</c></summary>
    WriteOver,

    /// <summary><c>&gt;&gt;</c></summary>
    Append,

    /// <summary><c>&lt;&gt;</c></summary>
    ReadWrite,

    /// <summary><c>&lt;&amp;</c>: the target is a descriptor, <c>-</c>, or a descriptor followed by <c>-</c>.</summary>
    DuplicateInput,

    /// <summary><c>&gt;&amp;</c>: as above; any other target without a descriptor before the operator means <see cref="WriteBoth"/>.</summary>
    DuplicateOutput,

    /// <summary><c>&amp;&gt;</c></summary>
    WriteBoth,

    /// <summary><c>&amp;&gt;&gt;</c></summary>
    AppendBoth,

    /// <summary><c>&lt;&lt;</c> and <c>&lt;&lt;-</c></summary>
    HereDocument,

    /// <summary><c>&lt;&lt;&lt;</c></summary>
    HereString,
}

/// <summary>One redirect.</summary>
/// <param name="Span">Descriptor, operator and target; not the body of a here-document.</param>
/// <param name="Descriptor">The number before the operator, if one is written.</param>
/// <param name="DescriptorVariable">The name in <c>{name}&gt;</c>.</param>
/// <param name="Operator">Which one.</param>
/// <param name="Target">The word behind the operator; for a here-document its delimiter.</param>
/// <param name="Document">For a here-document only.</param>
public sealed record Redirect(SourceSpan Span, int? Descriptor, string? DescriptorVariable, RedirectOperator Operator, Word Target, HereDocument? Document) : SyntaxNode(Span);

/// <summary>The text that follows a line with <c>&lt;&lt;</c>.</summary>
public sealed class HereDocument
{
    private Word? _body;

    internal HereDocument(string delimiter, bool quoted, bool stripTabs) => (Delimiter, Quoted, StripTabs) = (delimiter, quoted, stripTabs);

    public string Delimiter { get; }

    /// <summary>The delimiter was quoted, so the body is taken as it stands.</summary>
    public bool Quoted { get; }

    /// <summary>Written <c>&lt;&lt;-</c>: leading tabs of each line are gone from the body.</summary>
    public bool StripTabs { get; }

    /// <summary>The body: one quoted part, or the parts of a double-quoted text.</summary>
    public Word Body => _body ?? throw new InvalidOperationException("The here-document was not read.");

    /// <summary>Called once, when the reader reaches the end of the line that announced the document.</summary>
    internal void Complete(Word body) => _body = body;
}
