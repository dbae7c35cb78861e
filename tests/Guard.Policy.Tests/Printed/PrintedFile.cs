namespace Guard.Policy.Tests.Printed;

/// <summary>Blocks of a text file: what goes in, and what Guard said about it when somebody last read and approved it.</summary>
/// <remarks>
/// <c>==== title</c> begins a block, <c>---- name</c> a part of it, and <c>---- printed</c> is what came out. The file is written anew with
/// what comes out now where <c>GUARD_TESTS_APPROVE=1</c> is set; reading the difference is then the test.
/// </remarks>
internal sealed class PrintedFile
{
    private const string BlockMark = "==== ";
    private const string PartMark = "---- ";
    private const string Printed = "printed";

    private readonly string _path;
    private readonly List<(string Title, List<(string Name, string Text)> Parts)> _blocks = [];

    private PrintedFile(string path) => _path = path;

    public IEnumerable<string> Titles => _blocks.Select(static block => block.Title);

    public static PrintedFile Read(string path)
    {
        var file = new PrintedFile(path);
        foreach (var block in ("\n" + File.ReadAllText(path)).Split("\n" + BlockMark).Skip(1))
        {
            var parts = block.Split("\n" + PartMark);
            file._blocks.Add((parts[0].Trim('\n'), [.. parts.Skip(1).Select(static part => part.Split('\n', 2)).Select(static part => (part[0], part.Length > 1 ? part[1].TrimEnd('\n') : ""))]));
        }

        return file;
    }

    /// <summary>What goes in.</summary>
    public IReadOnlyList<(string Name, string Text)> Given(string title) => [.. Block(title).Where(static part => part.Name != Printed)];

    /// <summary>What came out when it was approved.</summary>
    public string Approved(string title) => Block(title).Find(static part => part.Name == Printed).Text ?? "";

    /// <summary>Writes the file with what comes out now.</summary>
    public void Approve(Func<IReadOnlyList<(string Name, string Text)>, string> print) => File.WriteAllText(
        _path,
        string.Join("\n", _blocks.Select(block => $"{BlockMark}{block.Title}\n{string.Concat(Given(block.Title).Select(static part => $"{PartMark}{part.Name}\n{part.Text}\n"))}{PartMark}{Printed}\n{print(Given(block.Title))}\n")));

    private List<(string Name, string Text)> Block(string title) => _blocks.Single(block => block.Title == title).Parts;
}
