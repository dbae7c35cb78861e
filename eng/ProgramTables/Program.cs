using Guard.ProgramTables;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: ProgramTables FOLDER OUTPUT.cs   makes the table of the program descriptions in FOLDER");
    Console.Error.WriteLine("       ProgramTables FOLDER --list      prints the list for docs/programs.md");
    return 2;
}

Catalog catalog = DescriptionFolder.Read(args[0]);
foreach (string problem in catalog.Problems)
{
    Console.Error.WriteLine(problem);
}

if (catalog.Problems.Count > 0)
{
    return 1;
}

if (args[1] == "--list")
{
    Console.Out.Write(ProgramList.Markdown(catalog));
    return 0;
}

File.WriteAllText(args[1], TableWriter.Write(catalog.Entries));
return 0;
