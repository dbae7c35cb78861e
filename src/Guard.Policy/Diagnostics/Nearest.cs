namespace Guard.Policy.Diagnostics;

/// <summary>Finds what a misspelt word was probably meant to be.</summary>
internal static class Nearest
{
    /// <summary>The candidate that differs least, or null when none is near enough to be worth naming.</summary>
    public static string? Of(string written, IEnumerable<string> candidates)
    {
        if (written.Length > 64)
        {
            return null;
        }

        string? best = null;
        var bestDistance = Math.Max(2, written.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            var distance = Distance(written.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>"did you mean `x`?" where something is near, else the list of what may stand here.</summary>
    public static string Remedy(string written, IReadOnlyCollection<string> candidates) =>
        Of(written, candidates) is { } near ? $"did you mean `{near}`?" : $"use one of {string.Join(", ", candidates)}";

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
