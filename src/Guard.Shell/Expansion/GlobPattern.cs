using System.Text;

namespace Guard.Shell.Expansion;

/// <summary>A pattern of bash without extended globs: <c>*</c>, <c>?</c> and brackets. Built from text of which some characters are quoted.</summary>
internal sealed class GlobPattern
{
    private readonly List<Element> _elements;

    private GlobPattern(List<Element> elements) => _elements = elements;

    private enum ElementKind
    {
        Character,
        AnyCharacter,
        AnyText,
        Set,
    }

    /// <summary>The pattern starts with a dot as plain text, so it may match names that do.</summary>
    public bool StartsWithDot => _elements is [{ Kind: ElementKind.Character, Rune.Value: '.' }, ..];

    /// <summary>An unquoted character here makes the text a pattern.</summary>
    public static bool HasActive(IReadOnlyList<PatternCharacter> text)
    {
        for (var i = 0; i < text.Count; i++)
        {
            if (!text[i].Active)
                continue;
            if (text[i].Rune.Value is '*' or '?')
                return true;
            if (text[i].Rune.Value != '[')
                continue;
            for (var j = i + 1; j < text.Count; j++)
            {
                if (text[j].Rune.Value == ']')
                    return true;
            }
        }

        return false;
    }

    /// <summary>Compiles, or returns null for what is not modelled: quotes and odd classes in brackets, active backslashes.</summary>
    public static GlobPattern? TryCompile(IReadOnlyList<PatternCharacter> text)
    {
        var elements = new List<Element>();
        for (var i = 0; i < text.Count; i++)
        {
            var (rune, active) = text[i];
            switch (rune.Value)
            {
                case '*' when active:
                    if (elements is not [.., { Kind: ElementKind.AnyText }])
                        elements.Add(new Element(ElementKind.AnyText, default, null));
                    break;
                case '?' when active:
                    elements.Add(new Element(ElementKind.AnyCharacter, default, null));
                    break;
                case '\\' when active:
                    return null;
                case '[' when active:
                    if (!HasActive([.. text.Skip(i)]))
                    {
                        elements.Add(new Element(ElementKind.Character, rune, null));
                        break;
                    }

                    if (GlobSet.TryParse(text, ref i) is not { } set)
                        return null;
                    elements.Add(new Element(ElementKind.Set, default, set));
                    break;
                default:
                    elements.Add(new Element(ElementKind.Character, rune, null));
                    break;
            }
        }

        return new GlobPattern(elements);
    }

    /// <summary>Whether the whole of the text matches; null if that depends on the locale or costs more than <paramref name="steps"/> allows.</summary>
    public bool? Matches(ReadOnlySpan<Rune> text, ref int steps)
    {
        int element = 0, at = 0, starElement = -1, starAt = 0;
        while (at < text.Length)
        {
            if (--steps < 0)
                return null;
            if (element < _elements.Count && _elements[element].Kind == ElementKind.AnyText)
            {
                starElement = element++;
                starAt = at;
                continue;
            }

            bool? one = element < _elements.Count ? _elements[element].Matches(text[at]) : false;
            if (one is null)
                return null;
            if (one.Value)
            {
                element++;
                at++;
            }
            else if (starElement >= 0)
            {
                element = starElement + 1;
                at = ++starAt;
            }
            else
            {
                return false;
            }
        }

        while (element < _elements.Count && _elements[element].Kind == ElementKind.AnyText)
            element++;
        return element == _elements.Count;
    }

    private readonly record struct Element(ElementKind Kind, Rune Rune, GlobSet? Set)
    {
        public bool? Matches(Rune candidate) => Kind switch
        {
            ElementKind.Character => candidate == Rune,
            ElementKind.AnyCharacter => true,
            _ => Set!.Contains(candidate),
        };
    }
}
