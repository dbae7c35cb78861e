using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary>A block of comparisons, compiled: groups AND, tests within a group OR, and a block that must not match.</summary>
internal sealed class ResourceBlock(ImmutableArray<ImmutableArray<ResourceTest>> groups, ResourceBlock? not)
{
    private readonly ImmutableArray<ImmutableArray<ResourceTest>> _groups = groups;
    private readonly ResourceBlock? _not = not;

    /// <summary>Whether one spelling matches. Polarity flips inside <c>not</c>.</summary>
    public bool IsMatch(Spelling spelling, bool generous)
    {
        foreach (var group in _groups)
        {
            if (!IsAnyMatch(group, spelling, generous))
            {
                return false;
            }
        }

        return _not is null || !(spelling.IsOpen && !generous ? _not.CouldMatch(spelling) : _not.IsMatch(spelling, !generous));
    }

    private static bool IsAnyMatch(ImmutableArray<ResourceTest> any, Spelling spelling, bool generous)
    {
        foreach (var test in any)
        {
            if (test.IsMatch(spelling, generous))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What an index may look for before the block is tried: see <see cref="ResourceTest.Needles"/>. Null: the block has to be tried on everything.</summary>
    public ImmutableArray<string>? Needles(ResourceKinds kind, bool generous)
    {
        ImmutableArray<string>? best = null;
        foreach (var group in _groups)
        {
            // All groups have to match, so the one that says most is enough.
            if (Indexing.Needles.Any([.. group.Select(test => test.Needles(kind, generous))]) is { } needles
                && (best is not { } other || needles.Min(n => n.Length) > other.Min(n => n.Length)))
            {
                best = needles;
            }
        }

        return best;
    }

    /// <summary>Whether a command that begins like an open spelling could match in a deny.</summary>
    public bool CouldMatch(Spelling spelling) => _groups.All(group => group.Any(test => test.CouldMatch(spelling)));

    /// <summary>Why <see cref="IsMatch"/> says what it says, for people.</summary>
    public string Explain(Spelling spelling, bool generous, string shown)
    {
        var positive = new List<string>();
        foreach (var group in _groups)
        {
            if (group.FirstOrDefault(test => test.IsMatch(spelling, generous)) is { } match)
            {
                positive.Add(match.Shown);
            }
            else
            {
                var tried = string.Join(" or ", group.Take(4).Select(t => t.Shown)) + (group.Length > 4 ? " …" : "");
                return $"`{shown}` is nothing that {tried}";
            }
        }

        if (_not is not null && _not.IsMatch(spelling, !generous))
        {
            return $"excepted by `not`: {_not.Explain(spelling, !generous, shown)}";
        }

        return positive.Count == 0 ? $"`{shown}` is not excepted by `not`" : $"`{shown}` {string.Join(" and ", positive)}";
    }
}
