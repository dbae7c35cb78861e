using System.Text;

namespace Guard.Shell.Syntax;

/// <summary>Remembers the here-documents announced on a line and reads their text behind the line's end.</summary>
/// <param name="cursor">Where to read.</param>
/// <param name="outer">Those of the command around a substitution on the same text.</param>
internal sealed class HereDocumentReader(SourceCursor cursor, HereDocumentReader? outer)
{
    private readonly Queue<HereDocument> _pending = new();

    /// <summary>The commands stand inside a substitution on the same text.</summary>
    public bool InSubstitution => outer is not null;

    public bool HasPending => _pending.Count > 0 || outer is { HasPending: true };

    /// <summary>Takes note of a document. The delimiter is the word without its quotes; expansions do not happen in it.</summary>
    public HereDocument Announce(Word delimiter, bool stripTabs)
    {
        var text = new StringBuilder();
        var quoted = false;
        foreach (var part in delimiter.Parts)
        {
            switch (part)
            {
                case LiteralPart literal:
                    text.Append(literal.Text);
                    break;
                case QuotedPart { Kind: not QuoteKind.AnsiC } quotation:
                    text.Append(quotation.Text);
                    quoted = true;
                    break;
                case DoubleQuotedPart { Translated: false, Parts: [] or [LiteralPart] } quotation:
                    if (quotation.Parts is [LiteralPart inner])
                    {
                        // An escape in it: bash removes quotes here by other rules than elsewhere.
                        if (inner.Span.Length != inner.Text.Length)
                            throw UnsupportedDelimiter();
                        text.Append(inner.Text);
                    }

                    quoted = true;
                    break;
                default:
                    throw UnsupportedDelimiter();
            }
        }

        var document = new HereDocument(text.ToString(), quoted, stripTabs);
        if (document.Delimiter.Contains('\n', StringComparison.Ordinal))
            throw UnsupportedDelimiter();
        _pending.Enqueue(document);
        return document;
    }

    /// <summary>Called behind each line end that separates commands.</summary>
    public void ReadPending()
    {
        if (outer is { HasPending: true })
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a line end in a substitution while a here-document waits for its text");
        while (_pending.TryDequeue(out var document))
        {
            if (document.Quoted)
                ReadVerbatim(document);
            else
                ReadExpanding(document);
        }
    }

    public void RequireNonePending()
    {
        if (_pending.Count > 0)
            throw cursor.Refuse(ShellRefusalCode.Unterminated, "a here-document has no text");
    }

    private ShellRefusedException UnsupportedDelimiter() => cursor.Refuse(ShellRefusalCode.Unsupported, "a here-document's delimiter must be plain or quoted text");

    private void ReadVerbatim(HereDocument document)
    {
        var start = cursor.Position;
        var text = new StringBuilder();
        while (true)
        {
            var lineStart = cursor.Position;
            var end = cursor.Find('\n');
            cursor.MoveTo(end < 0 ? cursor.Position + RestLength() : end);
            var line = cursor.Slice(lineStart);
            if (document.StripTabs)
                line = line.TrimStart('\t');
            var isDelimiter = string.Equals(line, document.Delimiter, StringComparison.Ordinal) && (line.Length > 0 || end >= 0);
            if (end >= 0)
                cursor.Advance();
            if (isDelimiter)
            {
                var span = cursor.Span(start, lineStart);
                document.Complete(new Word(span, [new QuotedPart(span, text.ToString(), QuoteKind.SingleQuotes)]));
                return;
            }

            if (end < 0)
                throw Unterminated(start);
            text.Append(line).Append('\n');
        }
    }

    private void ReadExpanding(HereDocument document)
    {
        var start = cursor.Position;
        var text = new StringBuilder();
        var origins = new List<int>();
        while (true)
        {
            var lineStart = cursor.Position;
            var textLength = text.Length;
            while (document.StripTabs && cursor.Current == '\t')
                cursor.Advance();
            var joined = CopyLogicalLine(text, origins);
            var isDelimiter = text.Length - textLength == document.Delimiter.Length
                && text.ToString(textLength, document.Delimiter.Length).Equals(document.Delimiter, StringComparison.Ordinal)
                && (document.Delimiter.Length > 0 || !cursor.AtEnd);
            if (isDelimiter)
            {
                if (joined)
                    throw cursor.Refuse(ShellRefusalCode.Unsupported, "a here-document's last line is split");
                if (!cursor.AtEnd)
                    cursor.Advance();
                text.Length = textLength;
                Complete(document, start, lineStart, text.ToString(), origins);
                return;
            }

            if (cursor.AtEnd)
                throw Unterminated(start);
            origins.Add(cursor.Origin(cursor.Position));
            text.Append('\n');
            cursor.Advance();
        }
    }

    /// <summary>Copies up to a line end that no backslash takes away. Returns whether lines were joined.</summary>
    private bool CopyLogicalLine(StringBuilder text, List<int> origins)
    {
        var joined = false;
        while (!cursor.AtEnd && cursor.Current != '\n')
        {
            if (cursor.AtContinuation)
            {
                joined = true;
                cursor.Advance(2);
                continue;
            }

            var count = cursor.Current == '\\' && cursor.Peek(1) != '\0' ? 2 : 1;
            for (var i = 0; i < count; i++)
            {
                origins.Add(cursor.Origin(cursor.Position));
                text.Append(cursor.Current);
                cursor.Advance();
            }
        }

        return joined;
    }

    private void Complete(HereDocument document, int start, int end, string text, List<int> origins)
    {
        origins.RemoveRange(text.Length, origins.Count - text.Length);
        origins.Add(cursor.Origin(end));
        var inner = new SourceCursor(text, cursor.Budget, [.. origins]);
        var parts = new WordReader(inner, new HereDocumentReader(inner, null)).ReadDocumentBody();
        document.Complete(new Word(cursor.Span(start, end), parts));
    }

    private int RestLength()
    {
        var length = 0;
        while (cursor.Peek(length) != '\0')
            length++;
        cursor.Budget.Step(length);
        return length;
    }

    private ShellRefusedException Unterminated(int start) => cursor.Refuse(ShellRefusalCode.Unterminated, start, "a here-document is not closed");
}
