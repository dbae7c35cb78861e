using System.Collections.Frozen;

namespace Guard.Redaction;

/// <summary>Whether a value that stands where a secret could stand is one.</summary>
internal static class SecretValue
{
    /// <summary>Bits of entropy for each character that random text has at least, and words of a language seldom.</summary>
    private const double MinEntropy = 3.0;

    private const int MinRandom = 8;

    private static readonly FrozenSet<string> s_words = FrozenSet.ToFrozenSet(
        ["null", "nil", "none", "true", "false", "undefined", "string", "string?", "str", "bytes", "byte[]", "any", "char", "required", "optional", "boolean", "bool", "number", "int", "object", "void", "secret", "password", "token", "yes", "no"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_wordLookup = s_words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>It names where the secret comes from (a variable, a template, a call), or is no value at all.</summary>
    public static bool IsReference(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || s_wordLookup.Contains(value) || IsMask(value) || value.StartsWith(SecretMarker.Start, StringComparison.Ordinal))
        {
            return true;
        }

        return value[0] switch
        {
            // $NAME, ${NAME}, $(command), $env:NAME; but not a password that begins with $ and goes on otherwise.
            '$' => value.Length > 1 && (value[1] is '{' or '(' or '[' ? !HasDefault(value) : !value[1..].ContainsAnyExcept(TextShapes.Word) || value.StartsWith("$env:", StringComparison.OrdinalIgnoreCase)),
            '{' => value.StartsWith("{{", StringComparison.Ordinal),
            '<' => value[^1] == '>',
            '%' => value.Length > 2 && value[^1] == '%',
            _ => IsExpression(value),
        };
    }

    /// <summary>Letters and digits mixed as nobody writes them by hand.</summary>
    public static bool LooksRandom(ReadOnlySpan<char> value)
    {
        if (value.Length < MinRandom)
        {
            return false;
        }

        var (digits, upper, lower) = (false, false, false);
        foreach (var character in value)
        {
            digits |= char.IsAsciiDigit(character);
            upper |= char.IsAsciiLetterUpper(character);
            lower |= char.IsAsciiLetterLower(character);
        }

        return digits && (upper || lower) && Entropy(value) >= MinEntropy;
    }

    /// <summary>Shannon's, over the characters of the value, in bits.</summary>
    internal static double Entropy(ReadOnlySpan<char> value)
    {
        Span<int> counts = stackalloc int[128];
        foreach (var character in value)
        {
            counts[character & 127]++;
        }

        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / value.Length;
                entropy -= share * Math.Log2(share);
            }
        }

        return entropy;
    }

    // ${NAME:-hunter2} says the secret itself.
    private static bool HasDefault(ReadOnlySpan<char> value)
    {
        var mark = value.IndexOf(":-", StringComparison.Ordinal);
        return mark >= 0 && value[(mark + 2)..].TrimEnd('}').Length > 0 && value[mark + 2] != '$';
    }

    // ****, xxxx, ...: somebody has erased it already.
    private static bool IsMask(ReadOnlySpan<char> value) => (value[0] is 'x' or 'X' || !char.IsAsciiLetterOrDigit(value[0])) && value.IndexOfAnyExcept(value[0]) < 0;

    // config.password, process.env.TOKEN, getToken(...): names joined by points, perhaps called.
    private static bool IsExpression(ReadOnlySpan<char> value)
    {
        var call = value.IndexOf('(');
        var path = call < 0 ? value : value[..call];
        if (path.IsEmpty || (call < 0 && !path.Contains('.')) || path[0] == '.' || path[^1] == '.' || path.ContainsAnyExcept(TextShapes.Dotted) || path.Contains('-'))
        {
            return false;
        }

        foreach (var part in path.Split('.'))
        {
            if (path[part].IsEmpty || !char.IsAsciiLetter(path[part][0]) && path[part][0] != '_' || (call < 0 && path[part].ContainsAnyInRange('0', '9')))
            {
                return false;
            }
        }

        return true;
    }
}
