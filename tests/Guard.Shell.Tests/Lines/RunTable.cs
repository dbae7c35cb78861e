namespace Guard.Shell.Tests.Lines;

/// <summary>The lines of <c>runs.txt</c>.</summary>
internal static class RunTable
{
    public static IReadOnlyList<string> Lines { get; } = Read();

    private static List<string> Read()
    {
        using var stream = typeof(RunTable).Assembly.GetManifestResourceStream("runs.txt") ?? throw new InvalidOperationException("runs.txt is not embedded.");
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } text)
        {
            if (text.Length > 0 && text[0] != '#')
                lines.Add(text.Replace("<NL>", "\n", StringComparison.Ordinal));
        }

        return lines;
    }
}
