extern alias tables;

using Guard.Shell.Effects;
using tables::Guard.ProgramTables;

namespace Guard.Shell.Tests.Effects;

/// <summary>Catalogues made of descriptions as text, by the code that the build uses.</summary>
internal static class Catalogues
{
    public static ProgramCatalog Of(string yaml, string documented = "", string program = "")
    {
        Catalog catalog = Read(yaml, documented, program);
        catalog.Problems.Should().BeEmpty();
        IReadOnlyList<(string Name, int Entry)> index = catalog.Index();
        return ProgramCatalog.Of(new CatalogText(
            [.. index.Select(i => i.Name)],
            [.. index.Select(i => catalog.Entries[i.Entry].Path + "\n" + catalog.Entries[i.Entry].Lines)]));
    }

    public static Catalog Read(string yaml, string documented = "", string program = "")
    {
        DescriptionReader reader = new();
        reader.Read("a.yaml", yaml);
        if (program.Length > 0)
        {
            reader.ReadDocumented(program, documented);
        }

        return reader.Finish();
    }
}
