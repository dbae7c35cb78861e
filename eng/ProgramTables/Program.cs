using Guard.ProgramTables;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: ProgramTables FOLDER OUTPUT.cs   (FOLDER holds the program descriptions, *.yaml)");
    return 2;
}

DescriptionReader reader = new();
foreach (string file in Directory.EnumerateFiles(args[0], "*.yaml").Order(StringComparer.Ordinal))
{
    reader.Read(file, File.ReadAllText(file));
}

foreach (string file in Directory.EnumerateFiles(Path.Combine(args[0], "options"), "*.txt").Order(StringComparer.Ordinal))
{
    reader.ReadDocumented(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file));
}

Catalog catalog = reader.Finish();
foreach (string problem in catalog.Problems)
{
    Console.Error.WriteLine(problem);
}

if (catalog.Problems.Count > 0)
{
    return 1;
}

File.WriteAllText(args[1], TableWriter.Write(catalog.Entries));
return 0;
