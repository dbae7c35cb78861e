namespace Guard.Shell.Effects;

/// <summary>
/// SQL for a command-line client. Statements act on the database, which the program's own access stands for; what leaves it for files or
/// programs of this machine (meta-commands, COPY … PROGRAM, ATTACH, file functions) is opaque.
/// </summary>
internal static class SqlText
{
    private static readonly string[] s_leaving =
    [
        "program", "copy", "attach", "load_extension", "readfile", "writefile", "outfile", "dumpfile", "infile", "load_file", "load", "install", "source",
        "system", "tee", "pager", "edit", "pg_read_file", "pg_read_binary_file", "lo_import", "lo_export", "read_csv", "read_csv_auto", "read_json",
        "read_json_auto", "read_parquet", "read_text", "read_blob", "xp_cmdshell", "openrowset", "bulk", "vacuum", "dblink", "export", "import",
    ];

    private static readonly string[] s_harmlessDots =
        [".tables", ".schema", ".headers", ".header", ".mode", ".dump", ".indexes", ".indices", ".databases", ".width", ".nullvalue", ".quit", ".exit", ".show", ".timer", ".stats", ".fullschema", ".help"];

    public static void Read(EffectSink sink, Argument sql, int word)
    {
        if (!sql.IsKnown || Leaves(sql.Text))
        {
            sink.Opaque.Add(new OpaqueReason("sql", word));
        }
    }

    private static bool Leaves(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> trimmed = line.Trim();
            if (trimmed.StartsWith(".") && Array.IndexOf(s_harmlessDots, First(trimmed)) < 0)
            {
                return true;
            }
        }

        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c == '\'')
            {
                int end = text.IndexOf('\'', at + 1);
                at = end < 0 ? text.Length : end;
            }
            else if (c == '\\' && !HarmlessMeta(text.AsSpan(at + 1)))
            {
                return true;
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                int start = at;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
                {
                    at++;
                }

                if (s_leaving.Contains(text[start..at].ToLowerInvariant(), StringComparer.Ordinal))
                {
                    return true;
                }

                at--;
            }
        }

        return false;
    }

    // \d and its like, \l, \x, \q, \timing, \conninfo, \echo: they show or set, and open nothing.
    private static bool HarmlessMeta(ReadOnlySpan<char> text)
    {
        string name = First(text).TrimEnd('+', 'S', ';');
        return name.StartsWith('d') || name is "l" or "x" or "q" or "timing" or "conninfo" or "echo" or "z" or "a" or "t" or "pset";
    }

    private static string First(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny(' ', '\n', '\t');
        return (end < 0 ? text : text[..end]).ToString();
    }
}
