using System.Collections.Immutable;
using System.Text;

namespace Guard.Shell.Expansion;

/// <summary>Makes fields of segments: splits, removes empty results, matches globs.</summary>
internal sealed class FieldBuilder(ShellState state, IGlobView? view, MadeFiles? made, ExpansionLimits limits)
{
    private readonly ImmutableArray<ExpandedField>.Builder _fields = ImmutableArray.CreateBuilder<ExpandedField>();
    private readonly List<PatternCharacter> _text = [];
    private string? _prefix;
    private bool _started;
    private bool _prefixIsPattern;
    private bool _hasSplit;

    public ImmutableArray<ExpandedField> Build(IReadOnlyList<Segment> segments)
    {
        foreach (var segment in segments)
        {
            var splitsOddly = segment.Kind == SegmentKind.Split && segment.Text.Length > 0 && !state.DefaultSplitting;
            if (segment.Kind == SegmentKind.UnknownFields || splitsOddly || segment.Text.Length > limits.TextLength)
                return [segments.All(s => s.Kind == SegmentKind.UnknownFields && s.IsTame) ? ExpandedField.Unknown.Tame : ExpandedField.Unknown.Instance];
            _hasSplit |= segment.Kind == SegmentKind.Split;
            Take(segment);
        }

        Finish();
        return _fields.DrainToImmutable();
    }

    /// <summary>The text as one field, without splitting and globs, as in an assignment.</summary>
    public static ExpandedField Join(IReadOnlyList<Segment> segments, ExpansionLimits limits)
    {
        var text = new StringBuilder();
        string? prefix = null;
        var isTame = true;
        foreach (var segment in segments)
        {
            isTame &= segment.IsTame || (segment.Kind is SegmentKind.Literal or SegmentKind.Quoted or SegmentKind.Split && segment.Text.Length == 0);
            if (segment.Kind is SegmentKind.UnknownText or SegmentKind.UnknownFields)
            {
                prefix ??= text.ToString();
                text.Clear();
            }
            else
            {
                text.Append(segment.Kind == SegmentKind.Break ? " " : segment.Text);
            }
        }

        if (text.Length + (prefix?.Length ?? 0) > limits.TextLength)
            return new ExpandedField.Partial("", "");
        return prefix is null ? new ExpandedField.Known(text.ToString()) : new ExpandedField.Partial(prefix, text.ToString(), isTame);
    }

    /// <summary>The text as a pattern; null if part of it is not known.</summary>
    public static IReadOnlyList<PatternCharacter>? Pattern(IReadOnlyList<Segment> segments)
    {
        var pattern = new List<PatternCharacter>();
        foreach (var segment in segments)
        {
            if (segment.Kind is SegmentKind.UnknownText or SegmentKind.UnknownFields or SegmentKind.Break)
                return null;
            foreach (var rune in segment.Text.EnumerateRunes())
                pattern.Add(new PatternCharacter(rune, segment.Kind != SegmentKind.Quoted));
        }

        return pattern;
    }

    private void Take(Segment segment)
    {
        switch (segment.Kind)
        {
            case SegmentKind.Literal or SegmentKind.Quoted:
                _started = true;
                foreach (var rune in segment.Text.EnumerateRunes())
                    _text.Add(new PatternCharacter(rune, segment.Kind == SegmentKind.Literal));
                break;
            case SegmentKind.Split:
                foreach (var rune in segment.Text.EnumerateRunes())
                {
                    if (rune.Value is ' ' or '\t' or '\n')
                    {
                        Finish();
                        continue;
                    }

                    _started = true;
                    _text.Add(new PatternCharacter(rune, Active: true));
                }

                break;
            case SegmentKind.UnknownText:
                _started = true;
                _prefixIsPattern |= MayBePattern();
                _prefix ??= Text();
                _text.Clear();
                break;
            case SegmentKind.Break:
                Finish();
                break;
        }
    }

    private void Finish()
    {
        if (_started)
            Emit();
        _text.Clear();
        _prefix = null;
        _prefixIsPattern = false;
        _started = false;
    }

    private void Emit()
    {
        var hasBackslash = HasActive('\\');
        if (_prefix is not null)
        {
            _fields.Add(_prefixIsPattern || MayBePattern() || hasBackslash ? ExpandedField.Unknown.Instance : new ExpandedField.Partial(_prefix, Text()));
            return;
        }

        if (!GlobPattern.HasActive(_text))
        {
            _fields.Add(hasBackslash ? ExpandedField.Unknown.Instance : new ExpandedField.Known(Text()));
            return;
        }

        var folder = _text[0].Rune.Value == '/' ? "/" : state.WorkingDirectory;
        // Behind an expansion, and behind a folder that is a pattern itself, bash makes one slash of two.
        var isUncertain = hasBackslash || !state.DefaultOptions || (LastDoubleSlash() is var at and >= 0 && (_hasSplit || GlobPattern.HasActive(_text[..at])));
        var matches = view is null || folder is null || isUncertain ? null : new GlobWalk(view, made, limits, folder).Find(_text);
        if (matches is null)
            _fields.Add(ExpandedField.Unknown.Instance);
        else if (matches.Count == 0)
            _fields.Add(new ExpandedField.Known(Text()));
        else
            _fields.AddRange(matches.Select(m => new ExpandedField.Known(m, FromGlob: true)));
    }

    /// <summary>With unknown text beside it even an unclosed bracket can become part of a pattern.</summary>
    private bool MayBePattern() => HasActive('*') || HasActive('?') || HasActive('[') || HasActive(']');

    private bool HasActive(char wanted)
    {
        foreach (var character in _text)
        {
            if (character.Active && character.Rune.Value == wanted)
                return true;
        }

        return false;
    }

    /// <summary>The place of the last slash that follows another; -1 if there is none.</summary>
    private int LastDoubleSlash()
    {
        for (var i = _text.Count - 1; i > 0; i--)
        {
            if (_text[i].Rune.Value == '/' && _text[i - 1].Rune.Value == '/')
                return i;
        }

        return -1;
    }

    private string Text()
    {
        var text = new StringBuilder(_text.Count);
        foreach (var character in _text)
        {
            if (character.Rune.IsBmp)
                text.Append((char)character.Rune.Value);
            else
                text.Append(character.Rune.ToString());
        }

        return text.ToString();
    }
}
