namespace Guard.Policy.Matching;

/// <summary>A pattern over actions: <c>*</c> within a part or alone. A <c>*</c> in the verb never reaches into the noun.</summary>
internal sealed class ActionPattern
{
    public const string WriteFile = "write:file";
    public const string DeleteFile = "delete:file";

    private readonly Part? _exact;
    private readonly Part? _generous;

    private ActionPattern(Part? exact, Part? generous, string? literal) => (_exact, _generous, Literal) = (exact, generous, literal);

    /// <summary>The one action that the pattern means, ASCII; null where it has a wildcard.</summary>
    public string? Literal { get; }

    /// <summary>Null where the pattern is neither <c>*</c> nor <c>verb:noun</c>.</summary>
    public static ActionPattern? Parse(string pattern)
    {
        if (pattern == "*")
        {
            return new ActionPattern(null, null, null);
        }

        var exact = Part.Parse(pattern, ignoreCase: false);
        var generous = Part.Parse(pattern, ignoreCase: true);
        return exact is null || generous is null ? null : new ActionPattern(exact, generous, pattern.All(c => c is > ' ' and < (char)0x7f and not '*') ? pattern : null);
    }

    /// <summary>
    /// Whether a rule for this action sees the access. Writing includes deleting: everywhere for generous rules, for
    /// named files in allow rules.
    /// </summary>
    public bool IsMatch(string action, bool subtree, bool generous) =>
        Covers(action, generous)
        || (string.Equals(action, DeleteFile, generous ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            && (generous || !subtree)
            && Covers(WriteFile, generous));

    public bool Covers(string action, bool generous) =>
        (Literal is not null && Literal == action) || CoversByPattern(action, generous);

    private bool CoversByPattern(string action, bool generous) =>
        _exact is null || (generous ? _generous!.IsMatch(TextForm.Composed(action)) : _exact.IsMatch(action));

    private sealed record Part(TextGlob Verb, TextGlob Noun)
    {
        public static Part? Parse(string pattern, bool ignoreCase)
        {
            var colon = pattern.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || colon == pattern.Length - 1)
            {
                return null;
            }

            return TextGlob.Parse(OnlyStar(pattern[..colon]), ignoreCase, out _) is { } verb
                && TextGlob.Parse(OnlyStar(pattern[(colon + 1)..]), ignoreCase, out _) is { } noun
                    ? new Part(verb, noun)
                    : null;
        }

        public bool IsMatch(string action)
        {
            var colon = action.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 && Verb.IsMatch(action.AsSpan(0, colon)) && Noun.IsMatch(action.AsSpan(colon + 1));
        }

        private static string OnlyStar(string text) => string.Concat(text.Select(c => c is '?' or '[' or '\\' ? $"\\{c}" : c.ToString()));
    }
}
