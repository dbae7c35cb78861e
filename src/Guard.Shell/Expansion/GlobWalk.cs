using System.Text;

namespace Guard.Shell.Expansion;

/// <summary>Finds the files that a field with active glob characters means.</summary>
internal sealed class GlobWalk(IGlobView view, MadeFiles? made, ExpansionLimits limits, string workingDirectory)
{
    private readonly List<string> _matches = [];
    private int _entries;
    private int _steps;
    private bool _unknown;

    /// <summary>The matches in byte order, none if nothing matches; null if it cannot be known.</summary>
    public IReadOnlyList<string>? Find(IReadOnlyList<PatternCharacter> field)
    {
        _steps = limits.PatternSteps;
        if (made?.IsAny == true)
            return null;
        var parts = new List<List<PatternCharacter>> { new() };
        foreach (var character in field)
        {
            if (character.Rune.Value == '/')
                parts.Add([]);
            else
                parts[^1].Add(character);
        }

        Descend(parts, 0, "");
        if (_unknown)
            return null;
        _matches.Sort(CompareBytes);
        return _matches;
    }

    private void Descend(List<List<PatternCharacter>> parts, int index, string prefix)
    {
        if (_unknown)
            return;
        var last = index == parts.Count - 1;
        var part = parts[index];
        if (!GlobPattern.HasActive(part))
        {
            if (part.Any(c => c is { Active: true, Rune.Value: '\\' or '[' }))
            {
                _unknown = true;
                return;
            }

            var path = prefix + Text(part);
            if (!last)
            {
                // The kernel takes a name away only from a folder that is there; a view may do so by the text alone.
                if (part.Count > 0 && parts[index + 1] is [{ Rune.Value: '.' }, { Rune.Value: '.' }] && !view.IsDirectory(Absolute(path)))
                    return;
                Descend(parts, index + 1, path + "/");
            }
            else if (part.Count == 0 ? view.IsDirectory(Absolute(path)) : view.Exists(Absolute(path)))
            {
                AddMatch(path);
            }
            else
            {
                _unknown |= made?.MayHold(Absolute(path)) ?? false;
            }

            return;
        }

        if (GlobPattern.TryCompile(part) is not { } pattern)
        {
            _unknown = true;
            return;
        }

        if (made is not null)
            _unknown |= made.NamesIn(Absolute(prefix)).Any(name => MayMatch(pattern, name) && !view.Exists(Absolute(prefix + name)));
        foreach (var name in view.List(Absolute(prefix)) ?? [])
        {
            if (++_entries > limits.GlobEntries)
                _unknown = true;
            if (_unknown)
                return;
            if (IsHidden(pattern, name))
                continue;
            var matches = pattern.Matches([.. name.EnumerateRunes()], ref _steps);
            if (matches is null)
                _unknown = true;
            else if (matches.Value && last)
                AddMatch(prefix + name);
            else if (matches.Value && view.IsDirectory(Absolute(prefix + name)))
                Descend(parts, index + 1, prefix + name + "/");
        }
    }

    private static bool IsHidden(GlobPattern pattern, string name) => name.StartsWith('.') && !pattern.StartsWithDot;

    private bool MayMatch(GlobPattern pattern, string name) => !IsHidden(pattern, name) && pattern.Matches([.. name.EnumerateRunes()], ref _steps) != false;

    private void AddMatch(string path)
    {
        _matches.Add(path);
        _unknown |= _matches.Count > limits.GlobMatches;
    }

    private string Absolute(string path) => path.StartsWith('/') ? path : workingDirectory.TrimEnd('/') + "/" + path;

    private static string Text(List<PatternCharacter> part)
    {
        var text = new StringBuilder();
        foreach (var character in part)
            text.Append(character.Rune.ToString());
        return text.ToString();
    }

    private static int CompareBytes(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
