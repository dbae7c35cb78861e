using System.Collections.Immutable;
using Guard.Shell.Analysis;
using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>The variables that a text may change. Collected once, since each name that is asked for would cost a walk through the text.</summary>
internal sealed class AssignableNames
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private bool _all;

    private AssignableNames()
    {
    }

    /// <param name="text">Every name in it counts that does not stand behind a dollar.</param>
    /// <param name="steps">Of the same text: their assignments, and the names that their words start with. A step that is opaque may change any variable.</param>
    public static AssignableNames Of(string text, ImmutableArray<ShellStep> steps)
    {
        var names = new AssignableNames();
        names.AddWritten(text);
        foreach (var step in steps)
            names.Add(step);
        return names;
    }

    public bool Contains(string name) => _all || _names.Contains(name);

    private void AddWritten(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var length = NameLength(text.AsSpan(at));
            if (length == 0)
                continue;
            if (!IsRead(text, at, at + length))
                _names.Add(text.Substring(at, length));
            at += length - 1;
        }
    }

    private void Add(ShellStep step)
    {
        _all |= step is OpaqueStep;
        if (step is not ShellCommand command)
            return;
        foreach (var assignment in command.Assignments)
            _names.Add(assignment.Name);
        for (var i = 1; i < command.Words.Length; i++)
        {
            var text = command.Words[i] switch { ExpandedField.Known known => known.Text, ExpandedField.Partial partial => partial.Prefix, _ => "" };
            if (NameLength(text) is > 0 and var length)
                _names.Add(text[..length]);
        }
    }

    /// <summary>True for <c>$name</c> and those expansions in braces that leave the variable as it is.</summary>
    private static bool IsRead(string text, int start, int end) =>
        start > 0 && (text[start - 1] == '$' || (text[start - 1] == '{' && start > 1 && text[start - 2] == '$' && end < text.Length && text[end] is '}' or '%' or '#' or ':' or '/'));

    private static int NameLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_'))
            length++;
        return length;
    }
}
