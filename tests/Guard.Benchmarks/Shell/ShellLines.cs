namespace Guard.Benchmarks.Shell;

/// <summary>What is measured: everyday lines of at most 200 characters, and texts of about 4 KB that are built of them.</summary>
internal static class ShellLines
{
    private const int LongLength = 4_096;

    public static IReadOnlyList<string> Short { get; } = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Shell", "lines.txt"));

    /// <summary>A script, a chain, a here-document with a file in it, many operands, one quoted text, one loop of everything.</summary>
    public static IReadOnlyList<string> Long { get; } =
    [
        Filled("\n", ""),
        Filled(" && ", ""),
        "cat > src/generated.ts <<'EOF'\n" + Repeated("export function scale(a: number) { return a * 2; }\n", LongLength - 60) + "EOF",
        "git add" + Repeated(" packages/web/src/components/button/index.tsx", LongLength - 60),
        "git commit -m '" + Repeated("Explain why the cache is dropped when the schema changes. ", LongLength - 60) + "'",
        "for d in api web; do\n(cd \"$d\" && " + Filled("\n", "[") + ")\ndone",
    ];

    /// <summary>Whole lines, as many as fit.</summary>
    private static string Filled(string separator, string without)
    {
        var lines = Short.Where(l => !l.Contains('&', StringComparison.Ordinal) || !separator.Contains('&', StringComparison.Ordinal)).Where(l => without.Length == 0 || !l.Contains(without, StringComparison.Ordinal)).ToList();
        var text = lines[0];
        for (var i = 1; text.Length + separator.Length + lines[i % lines.Count].Length <= LongLength - 60; i++)
            text += separator + lines[i % lines.Count];
        return text;
    }

    private static string Repeated(string text, int length) => string.Concat(Enumerable.Repeat(text, length / text.Length));
}
