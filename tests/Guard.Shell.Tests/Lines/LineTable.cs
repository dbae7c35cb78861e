namespace Guard.Shell.Tests.Lines;

/// <summary>The lines of <c>lines.txt</c> with the accesses that each becomes.</summary>
internal static class LineTable
{
    public static IReadOnlyList<(string Line, IReadOnlyList<string> Accesses)> Rows { get; } = Read();

    private static List<(string Line, IReadOnlyList<string> Accesses)> Read()
    {
        using var stream = typeof(LineTable).Assembly.GetManifestResourceStream("lines.txt") ?? throw new InvalidOperationException("lines.txt is not embedded.");
        using var reader = new StreamReader(stream);
        var rows = new List<(string Line, IReadOnlyList<string> Accesses)>();
        var accesses = new List<string>();
        while (reader.ReadLine() is { } text)
        {
            // The collection holds a line that is a comment to bash, hence the dollar first.
            if (text.StartsWith("$ ", StringComparison.Ordinal))
                rows.Add((Unfold(text[2..]), accesses = []));
            else if (text.Length > 0 && rows.Count > 0)
                accesses.Add(Unfold(text));
        }

        return rows;
    }

    private static string Unfold(string text) => text.Replace("<NL>", "\n", StringComparison.Ordinal);
}
