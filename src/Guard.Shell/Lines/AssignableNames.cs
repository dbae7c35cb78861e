using System.Collections.Immutable;
using Guard.Shell.Analysis;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>The variables that a text may change.</summary>
/// <remarks>
/// Most texts are asked for one name, <c>HOME</c>, and so the first few are looked for one by one. Beyond that all names are collected once: each name that is
/// asked for would cost a walk through the text, and a text can ask for as many as it has room for.
/// </remarks>
/// <param name="text">Every name in it counts that does not stand behind a dollar.</param>
/// <param name="steps">Of the same text: their assignments, and the names that their words start with. A step that is opaque may change any variable.</param>
internal sealed class AssignableNames(string text, ImmutableArray<ShellStep> steps)
{
    private const int LookedFor = 4;

    private readonly (string Name, bool IsThere)[] _known = new (string, bool)[LookedFor];
    private int _knownCount;
    private HashSet<string>? _all;
    private bool _any;

    public bool Contains(string name)
    {
        for (var i = 0; i < _knownCount; i++)
        {
            if (string.Equals(_known[i].Name, name, StringComparison.Ordinal))
                return _known[i].IsThere;
        }

        if (_all is null && _knownCount < LookedFor)
        {
            var isThere = IsWritten(name) || steps.Any(step => MayChange(step, name));
            _known[_knownCount++] = (name, isThere);
            return isThere;
        }

        _all ??= Collected();
        return _any || _all.Contains(name);
    }

    private bool IsWritten(string name)
    {
        if (name.Length == 0 || NameLength(name) < name.Length)
            return false;
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            if ((at == 0 || !Characters.IsNameCharacter(text[at - 1])) && (end == text.Length || !Characters.IsNameCharacter(text[end])) && !IsRead(at, end))
                return true;
        }

        return false;
    }

    private static bool MayChange(ShellStep step, string name)
    {
        if (step is OpaqueStep)
            return true;
        if (step is not ShellCommand command)
            return false;
        foreach (var assignment in command.Assignments)
        {
            if (string.Equals(assignment.Name, name, StringComparison.Ordinal))
                return true;
        }

        for (var i = 1; i < command.Words.Length; i++)
        {
            var start = StartOf(command.Words[i]);
            if (start.StartsWith(name, StringComparison.Ordinal) && NameLength(start) == name.Length)
                return true;
        }

        return false;
    }

    private HashSet<string> Collected()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < text.Length; at++)
        {
            var length = NameLength(text.AsSpan(at));
            if (length == 0)
                continue;
            if (!IsRead(at, at + length))
                names.Add(text.Substring(at, length));
            at += length - 1;
        }

        foreach (var step in steps)
        {
            _any |= step is OpaqueStep;
            if (step is not ShellCommand command)
                continue;
            foreach (var assignment in command.Assignments)
                names.Add(assignment.Name);
            for (var i = 1; i < command.Words.Length; i++)
            {
                var start = StartOf(command.Words[i]);
                if (NameLength(start) is > 0 and var length)
                    names.Add(start[..length]);
            }
        }

        return names;
    }

    private static string StartOf(ExpandedField word) => word switch { ExpandedField.Known known => known.Text, ExpandedField.Partial partial => partial.Prefix, _ => "" };

    /// <summary>True for <c>$name</c> and those expansions in braces that leave the variable as it is.</summary>
    private bool IsRead(int start, int end) =>
        start > 0 && (text[start - 1] == '$' || (text[start - 1] == '{' && start > 1 && text[start - 2] == '$' && end < text.Length && text[end] is '}' or '%' or '#' or ':' or '/'));

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && Characters.IsNameCharacter(text[length]))
            length++;
        return length;
    }
}
