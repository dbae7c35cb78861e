namespace Guard.Shell.Effects;

/// <summary>
/// When a case of an entry holds: groups joined by <c>&amp;</c>, each a choice of atoms joined by <c>|</c>. An atom is an option's name (present),
/// <c>-X=VALUE</c> (present with that value, any case), <c>#N</c> (that many operands), <c>#N+</c> (at least), <c>sql-reads</c> (there is SQL, and all of
/// it only reads), or any of them behind <c>!</c>.
/// </summary>
internal sealed record Condition(Condition.Atom[][] Groups)
{
    internal readonly record struct Atom(bool Negated, string Option, string? Value, int Count, bool AtLeast)
    {
        public bool CountsOperands => Option.Length == 0;

        public bool AsksForReadingSql => Option == "sql-reads";
    }

    public static Condition Parse(string text) =>
        new([.. text.Split('&').Select(group => group.Split('|', StringSplitOptions.TrimEntries).Select(ParseAtom).ToArray())]);

    private static Atom ParseAtom(string text)
    {
        bool negated = text.StartsWith('!') && text.Length > 1;
        text = negated ? text[1..] : text;
        if (text.StartsWith('#'))
        {
            bool atLeast = text.EndsWith('+');
            return int.TryParse(text.AsSpan(1, text.Length - (atLeast ? 2 : 1)), out int count)
                ? new Atom(negated, "", null, count, atLeast)
                : new Atom(negated, text, null, 0, false);
        }

        // The equals sign may be the name's own last character (dd's if=).
        int equals = text.IndexOf('=');
        return equals > 0 && equals < text.Length - 1
            ? new Atom(negated, text[..equals], text[(equals + 1)..], 0, false)
            : new Atom(negated, text, null, 0, false);
    }
}
