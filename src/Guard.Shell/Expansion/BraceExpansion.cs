using System.Collections.Immutable;
using System.Globalization;
using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Brace expansion, which bash does on the text of a word before anything else. Works on the word's parts; quotes and expansions are opaque to it.</summary>
internal sealed class BraceExpansion(int limit)
{
    private int _words;

    /// <summary>The words that a word becomes; null if there are too many, or bash would read the joined text in another way.</summary>
    public IReadOnlyList<Word>? Expand(Word word)
    {
        if (!HasOpening(word))
            return [word];
        var tokens = Tokenize(word);
        if (FindBraces(tokens) is null)
            return [word];

        // A lone dollar could meet text that makes it an expansion.
        if (tokens.Any(t => t.Part is null && t.Character == '$') || HasDollarBrace(tokens))
            return null;
        if (ExpandTokens(tokens) is not { } results)
            return null;
        var words = new List<Word>(results.Count);
        foreach (var result in results)
        {
            if (JoinsName(result))
                return null;
            if (result.Count > 0)
                words.Add(new Word(word.Span, Join(result)));
        }

        return words.Count == 0 ? null : words;
    }

    private static bool HasOpening(Word word)
    {
        foreach (var part in word.Parts)
        {
            if (part is LiteralPart literal && literal.Text.Contains('{', StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static List<Token> Tokenize(Word word)
    {
        var tokens = new List<Token>();
        foreach (var part in word.Parts)
        {
            if (part is LiteralPart literal)
                tokens.AddRange(literal.Text.Select((c, i) => new Token(c, null, literal.Span)));
            else
                tokens.Add(new Token('\0', part, part.Span));
        }

        return tokens;
    }

    /// <summary><c>$x{a,b}</c> is <c>$xa $xb</c> to bash: the name would grow.</summary>
    private static bool JoinsName(List<Token> tokens)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Part is ParameterPart { Operator: ParameterOperator.Value } parameter && parameter.Span.Length == parameter.Name.Length + 1
                && Characters.IsNameStart(parameter.Name[0]) && tokens[i + 1].Part is null && Characters.IsNameCharacter(tokens[i + 1].Character))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The second sign of <c>$${a,b}</c> and its brace look like a parameter's to bash, which then leaves the braces alone.</summary>
    private static bool HasDollarBrace(List<Token> tokens)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Part is ParameterPart { Name: "$", Span.Length: 2 } && tokens[i + 1] is { Part: null, Character: '{' })
                return true;
        }

        return false;
    }

    private static ImmutableArray<WordPart> Join(List<Token> tokens)
    {
        var parts = ImmutableArray.CreateBuilder<WordPart>();
        for (var i = 0; i < tokens.Count;)
        {
            if (tokens[i].Part is { } part)
            {
                parts.Add(part);
                i++;
                continue;
            }

            var start = i;
            while (i < tokens.Count && tokens[i].Part is null)
                i++;
            parts.Add(new LiteralPart(tokens[start].Span, string.Concat(tokens.Skip(start).Take(i - start).Select(t => t.Character))));
        }

        return parts.ToImmutable();
    }

    private List<List<Token>>? ExpandTokens(List<Token> tokens)
    {
        if (FindBraces(tokens) is not var (open, close))
            return CountWords(1) ? [tokens] : null;
        var content = tokens[(open + 1)..close];
        var middle = Alternatives(content);
        var rest = middle is null ? null : ExpandTokens(tokens[(close + 1)..]);
        if (middle is null || rest is null || !CountWords(middle.Count * rest.Count))
            return null;
        var results = new List<List<Token>>();
        foreach (var alternative in middle)
        {
            foreach (var tail in rest)
                results.Add([.. tokens[..open], .. alternative, .. tail]);
        }

        return results;
    }

    private bool CountWords(int count) => (_words += count) <= limit;

    /// <summary>The first opening brace that has its closing one, as bash looks for them.</summary>
    private static (int Open, int Close)? FindBraces(List<Token> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!tokens[i].Is('{') || (i == 0 && tokens.Count > 1 && tokens[1].Is('}')))
                continue;
            var level = 0;
            var separated = false;
            for (var j = i + 1; j < tokens.Count; j++)
            {
                if (tokens[j].Is('{'))
                    level++;
                else if (tokens[j].Is('}') && level > 0)
                    level--;
                else if (tokens[j].Is('}') && separated)
                    return (i, j);
                else if (level == 0 && tokens[j].Is(','))
                    separated = true;
                else if (level == 0 && tokens[j].Is('.') && j + 2 < tokens.Count && tokens[j + 1].Is('.') && !tokens[j + 2].Is('}'))
                    separated = true;
            }
        }

        return null;
    }

    private List<List<Token>>? Alternatives(List<Token> content)
    {
        var pieces = new List<List<Token>> { new() };
        var level = 0;
        foreach (var token in content)
        {
            if (token.Is('{'))
                level++;
            else if (token.Is('}') && level > 0)
                level--;
            if (level == 0 && token.Is(','))
                pieces.Add([]);
            else
                pieces[^1].Add(token);
        }

        if (pieces.Count == 1)
            return Sequence(content);
        var results = new List<List<Token>>();
        foreach (var piece in pieces)
        {
            if (ExpandTokens(piece) is not { } expanded)
                return null;
            results.AddRange(expanded);
        }

        return results;
    }

    /// <summary><c>1..5</c>, <c>01..10..2</c>, <c>a..e</c>. Anything unusual is not known.</summary>
    private List<List<Token>>? Sequence(List<Token> content)
    {
        if (content.Any(t => t.Part is not null))
            return null;
        var parts = string.Concat(content.Select(t => t.Character)).Split("..");
        if (parts.Length is < 2 or > 3)
            return null;
        long step = 1;
        if (parts.Length == 3 && (!TryNumber(parts[2], out step) || step == 0))
            return null;
        if (parts[0].Length == 1 && parts[1].Length == 1 && char.IsAsciiLetter(parts[0][0]) && char.IsAsciiLetter(parts[1][0]))
        {
            if (char.IsAsciiLetterLower(parts[0][0]) != char.IsAsciiLetterLower(parts[1][0]))
                return null;
            return Range(parts[0][0], parts[1][0], step, n => ((char)n).ToString(), content);
        }

        if (!TryNumber(parts[0], out var from) || !TryNumber(parts[1], out var to))
            return null;
        var padded = IsPadded(parts[0]) || IsPadded(parts[1]);
        if (padded && (from < 0 || to < 0))
            return null;
        var width = padded ? Math.Max(parts[0].Length, parts[1].Length) : 0;
        return Range(from, to, step, n => n.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'), content);
    }

    private List<List<Token>>? Range(long from, long to, long step, Func<long, string> text, List<Token> content)
    {
        step = Math.Abs(step);
        if (Math.Abs(to - from) / step >= limit)
            return null;
        var results = new List<List<Token>>();
        for (var n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step)
            results.Add([.. text(n).Select(c => new Token(c, null, content[0].Span))]);
        return CountWords(results.Count) ? results : null;
    }

    private static bool IsPadded(string number) => number.Length > 1 && number[0] == '0';

    /// <summary>At most nine digits and a minus sign; what bash would do with more is not worth knowing.</summary>
    private static bool TryNumber(string text, out long value)
    {
        value = 0;
        var digits = text.StartsWith('-') ? text[1..] : text;
        return digits.Length is > 0 and < 10 && digits.All(char.IsAsciiDigit) && !(text.StartsWith('-') && digits[0] == '0')
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private sealed record Token(char Character, WordPart? Part, SourceSpan Span)
    {
        public bool Is(char c) => Part is null && Character == c;
    }
}
