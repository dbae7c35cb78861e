namespace Guard.ProgramTables;

/// <summary>The folder of descriptions (<c>*.yaml</c>) with the lists of documented options (<c>options/*.txt</c>).</summary>
public static class DescriptionFolder
{
    public static Catalog Read(string folder)
    {
        DescriptionReader reader = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            reader.Read(file, File.ReadAllText(file));
        }

        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, "options"), "*.txt").Order(StringComparer.Ordinal))
        {
            reader.ReadDocumented(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));
        }

        return reader.Finish();
    }
}
