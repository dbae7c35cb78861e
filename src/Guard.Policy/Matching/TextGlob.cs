using System.Collections.Immutable;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>
/// A glob over text without structure: <c>*</c> is any text (also none), <c>?</c> one character, <c>[…]</c> one of a class
/// (<c>[!…]</c> none of it), <c>\</c> makes the next character literal. The whole text must match. Time is at most the
/// product of text and pattern length, whatever the text: nothing backtracks further than the last <c>*</c>.
/// </summary>
internal sealed class TextGlob
{
    private readonly ImmutableArray<Token> _tokens;
    private readonly bool _ignoreCase;

    /// <summary>Where the pattern is one literal text of ASCII between stars or none: that text. Else null.</summary>
    private readonly string? _literal;
    private readonly bool _anyBefore;
    private readonly bool _anyBehind;

    private TextGlob(ImmutableArray<Token> tokens, bool ignoreCase)
    {
        _tokens = tokens;
        _ignoreCase = ignoreCase;
        _anyBefore = tokens is [{ Kind: Kind.Star }, ..];
        _anyBehind = tokens is [_, .., { Kind: Kind.Star }];
        var middle = tokens.AsSpan()[(_anyBefore ? 1 : 0)..(tokens.Length - (_anyBehind ? 1 : 0))];
        _literal = LiteralOf(middle);
    }

    private enum Kind
    {
        Literal,
        AnyOne,
        Class,
        Star,
    }

    /// <summary>Parses, or says in <paramref name="problem"/> why the pattern is wrong.</summary>
    public static TextGlob? Parse(string pattern, bool ignoreCase, out string? problem)
    {
        problem = null;
        if (ignoreCase)
        {
            pattern = TextForm.Composed(pattern);
        }

        var tokens = ImmutableArray.CreateBuilder<Token>();
        var i = 0;
        while (i < pattern.Length)
        {
            var c = CodePoint(pattern, i, out var width);
            i += width;
            switch (c)
            {
                case '*':
                    if (tokens.Count == 0 || tokens[^1].Kind != Kind.Star)
                    {
                        tokens.Add(new Token(Kind.Star, 0, null));
                    }

                    break;
                case '?':
                    tokens.Add(new Token(Kind.AnyOne, 0, null));
                    break;
                case '[':
                    if (CharacterClass.Parse(pattern, ref i) is not { } set)
                    {
                        problem = "`[` is not closed";
                        return null;
                    }

                    tokens.Add(new Token(Kind.Class, 0, set));
                    break;
                case '\\':
                    if (i >= pattern.Length)
                    {
                        problem = "it ends in `\\`";
                        return null;
                    }

                    tokens.Add(new Token(Kind.Literal, Fold(CodePoint(pattern, i, out width), ignoreCase), null));
                    i += width;
                    break;
                default:
                    tokens.Add(new Token(Kind.Literal, Fold(c, ignoreCase), null));
                    break;
            }
        }

        return new TextGlob(tokens.ToImmutable(), ignoreCase);
    }

    /// <summary>Text must already be composed where the glob ignores case.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        // The plain shapes, without going through the tokens. Of other texts some characters fold into ASCII.
        if (_literal is not null && Ascii.IsValid(text))
        {
            var comparison = _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            return (_anyBefore, _anyBehind) switch
            {
                (false, false) => text.Equals(_literal, comparison),
                (true, false) => text.EndsWith(_literal, comparison),
                (false, true) => text.StartsWith(_literal, comparison),
                _ => text.Contains(_literal, comparison),
            };
        }

        int t = 0, p = 0, starToken = -1, starText = 0;
        while (t < text.Length)
        {
            var c = CodePoint(text, t, out var width);
            if (p < _tokens.Length && _tokens[p].Kind == Kind.Star)
            {
                starToken = p++;
                starText = t;
            }
            else if (p < _tokens.Length && Accepts(_tokens[p], c))
            {
                p++;
                t += width;
            }
            else if (starToken >= 0)
            {
                // The star takes one character more; everything before it stays matched.
                CodePoint(text, starText, out width);
                starText += width;
                t = starText;
                p = starToken + 1;
            }
            else
            {
                return false;
            }
        }

        while (p < _tokens.Length && _tokens[p].Kind == Kind.Star)
        {
            p++;
        }

        return p == _tokens.Length;
    }

    /// <summary>The literal texts of the pattern in order, an empty one for each place where something else may stand.</summary>
    public IEnumerable<string> Parts()
    {
        var text = new StringBuilder();
        foreach (var token in _tokens)
        {
            if (token.Kind == Kind.Literal && token.Character is > 0 and < 0x80)
            {
                text.Append((char)token.Character);
                continue;
            }

            if (text.Length > 0) yield return text.ToString();
            text.Clear();
            yield return "";
        }

        if (text.Length > 0) yield return text.ToString();
    }

    private static string? LiteralOf(ReadOnlySpan<Token> tokens)
    {
        var text = new StringBuilder(tokens.Length);
        foreach (var token in tokens)
        {
            if (token.Kind != Kind.Literal || token.Character >= 0x80) return null;
            text.Append((char)token.Character);
        }

        return text.ToString();
    }

    private bool Accepts(Token token, int c) => token.Kind switch
    {
        Kind.Literal => Fold(c, _ignoreCase) == token.Character,
        Kind.AnyOne => true,
        Kind.Class => token.Set!.Accepts(c) || (_ignoreCase && (token.Set.Accepts(Upper(c)) || token.Set.Accepts(Lower(c)))),
        _ => false,
    };

    private static int Fold(int c, bool ignoreCase) => ignoreCase ? Upper(c) : c;

    private static int Upper(int c) => Rune.TryCreate(c, out var rune) ? Rune.ToUpperInvariant(rune).Value : c;

    private static int Lower(int c) => Rune.TryCreate(c, out var rune) ? Rune.ToLowerInvariant(rune).Value : c;

    private static int CodePoint(ReadOnlySpan<char> text, int at, out int width)
    {
        if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            width = 2;
            return char.ConvertToUtf32(text[at], text[at + 1]);
        }

        width = 1;
        return text[at];
    }

    private readonly record struct Token(Kind Kind, int Character, CharacterClass? Set);

    /// <summary>What stands between brackets.</summary>
    private sealed class CharacterClass(bool negated, ImmutableArray<(int From, int To)> ranges)
    {
        private readonly bool _negated = negated;
        private readonly ImmutableArray<(int From, int To)> _ranges = ranges;

        public bool Accepts(int c)
        {
            foreach (var (from, to) in _ranges)
            {
                if (c >= from && c <= to)
                {
                    return !_negated;
                }
            }

            return _negated;
        }

        /// <summary>Reads from behind <c>[</c> to behind <c>]</c>; a <c>]</c> that comes first is literal. Null: not closed.</summary>
        public static CharacterClass? Parse(string pattern, ref int i)
        {
            var negated = i < pattern.Length && pattern[i] is '!' or '^';
            if (negated)
            {
                i++;
            }

            var ranges = ImmutableArray.CreateBuilder<(int, int)>();
            for (var first = true; i < pattern.Length; first = false)
            {
                if (pattern[i] == ']' && !first)
                {
                    i++;
                    return new CharacterClass(negated, ranges.ToImmutable());
                }

                if (Member(pattern, ref i) is not { } from)
                {
                    return null;
                }

                var to = from;
                if (i + 1 < pattern.Length && pattern[i] == '-' && pattern[i + 1] != ']')
                {
                    i++;
                    if (Member(pattern, ref i) is not { } end)
                    {
                        return null;
                    }

                    to = end;
                }

                ranges.Add((from, to));
            }

            return null;
        }

        private static int? Member(string pattern, ref int i)
        {
            if (pattern[i] == '\\' && ++i >= pattern.Length)
            {
                return null;
            }

            var c = CodePoint(pattern, i, out var width);
            i += width;
            return c;
        }
    }
}
