namespace Guard.Cli.Policies;

/// <summary>Lines that differ between two texts, with the lines around them, as patches show them.</summary>
internal static class LineDiff
{
    private const int Around = 3;

    /// <summary>Beyond this product of lines that differ, all of them are shown as replaced: the exact answer would take too much memory.</summary>
    private const int MaxCells = 16_000_000;

    /// <summary>Lines with <c>+</c>, <c>-</c> or a blank in front, <c>@@</c> between places; empty where the texts are the same.</summary>
    public static IReadOnlyList<string> Of(string before, string after)
    {
        var (a, b) = (Lines(before), Lines(after));
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start]) start++;
        var end = 0;
        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)]) end++;
        if (start == a.Length && start == b.Length) return [];

        var all = new List<string>();
        all.AddRange(a[..start].Select(l => " " + l));
        all.AddRange(Changed(a[start..^end], b[start..^end]));
        all.AddRange(a[^end..].Select(l => " " + l));
        return Shorten(all);
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r').Replace("\t", "    ", StringComparison.Ordinal)).ToArray();

    // The longest common subsequence, from the end.
    private static IEnumerable<string> Changed(string[] a, string[] b)
    {
        if ((long)(a.Length + 1) * (b.Length + 1) > MaxCells) return a.Select(l => "-" + l).Concat(b.Select(l => "+" + l));
        var common = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            for (var j = b.Length - 1; j >= 0; j--)
                common[i, j] = a[i] == b[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                lines.Add(" " + a[i]);
                (i, j) = (i + 1, j + 1);
            }
            else if (j == b.Length || (i < a.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add("-" + a[i++]);
            }
            else
            {
                lines.Add("+" + b[j++]);
            }
        }

        return lines;
    }

    private static List<string> Shorten(List<string> all)
    {
        var shown = new List<string>();
        var isCut = false;
        for (var i = 0; i < all.Count; i++)
        {
            var isNear = false;
            for (var j = Math.Max(0, i - Around); j <= Math.Min(all.Count - 1, i + Around); j++) isNear |= all[j][0] != ' ';
            if (isNear)
            {
                if (isCut) shown.Add("@@");
                shown.Add(all[i]);
            }

            isCut = !isNear;
        }

        return shown;
    }
}
