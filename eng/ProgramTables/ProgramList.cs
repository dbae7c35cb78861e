using System.Text;

namespace Guard.ProgramTables;

/// <summary>The list of described programs, as docs/programs.md shows it.</summary>
public static class ProgramList
{
    public static string Markdown(Catalog catalog)
    {
        List<Entry> programs = [.. catalog.Entries.Where(entry => !entry.Path.Contains(' '))];
        StringBuilder text = new();
        text.Append($"{programs.Count(IsComplete)} programs complete, {programs.Count(p => !IsComplete(p))} for their effects only, ")
            .Append($"{programs.Sum(p => p.Names.Count - 1)} further names, {catalog.Entries.Count - programs.Count} subcommands ")
            .Append($"({catalog.Entries.Count(e => e.Path.Contains(' ') && e.Complete)} complete).\n\n");
        foreach (IGrouping<string, Entry> file in programs.GroupBy(entry => entry.File, StringComparer.Ordinal))
        {
            text.Append($"### {file.Key}\n\nComplete: ");
            text.AppendJoin(", ", file.Where(IsComplete).OrderBy(p => p.Path, StringComparer.Ordinal).Select(p => $"`{p.Path}`{Evidence(catalog, p)}"));
            text.Append("\n\nEffects only: ");
            text.AppendJoin(", ", file.Where(p => !IsComplete(p)).OrderBy(p => p.Path, StringComparer.Ordinal).Select(p => $"`{p.Path}`"));
            text.Append("\n\n");
        }

        return text.ToString();
    }

    private static bool IsComplete(Entry entry) => entry.Complete;

    // How many documented options, those of subcommands included, the build compared.
    private static string Evidence(Catalog catalog, Entry program)
    {
        int documented = program.Documented + catalog.Entries.Where(e => e.Path.StartsWith(program.Path + " ", StringComparison.Ordinal)).Sum(e => e.Documented);
        return documented > 0 ? $" ({documented})" : "";
    }
}
