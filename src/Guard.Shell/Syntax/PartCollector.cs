using System.Collections.Immutable;
using System.Text;

namespace Guard.Shell.Syntax;

/// <summary>Gathers the parts of a word, joining neighbouring literal characters into one part.</summary>
/// <remarks>Empty again after <see cref="Finish"/>, and then fit for the next word.</remarks>
internal sealed class PartCollector(SourceCursor cursor)
{
    private Gathered<WordPart> _parts;
    private StringBuilder? _joined;
    private string? _text;
    private int _textStart;
    private int _textEnd;

    /// <summary>Takes the characters from <paramref name="start"/> to the cursor as literal text.</summary>
    public void TakeLiteral(int start) => AddLiteral(start, cursor.Slice(start));

    /// <summary>Adds literal text that was written between <paramref name="start"/> and the cursor.</summary>
    public void AddLiteral(int start, string text)
    {
        if (_text is null)
        {
            _text = text;
            _textStart = start;
        }
        else
        {
            _joined ??= new StringBuilder();
            if (_joined.Length == 0)
                _joined.Append(_text);
            _joined.Append(text);
        }

        _textEnd = cursor.Position;
    }

    public void Add(WordPart part)
    {
        Flush();
        _parts.Add(part);
    }

    public ImmutableArray<WordPart> Finish()
    {
        Flush();
        return _parts.Finish();
    }

    private void Flush()
    {
        if (_text is null)
            return;
        var text = _joined is { Length: > 0 } ? _joined.ToString() : _text;
        _parts.Add(new LiteralPart(cursor.Span(_textStart, _textEnd), text));
        _text = null;
        _joined?.Clear();
    }
}
