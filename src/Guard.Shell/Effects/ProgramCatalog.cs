using System.Collections.Concurrent;
using System.Text;

namespace Guard.Shell.Effects;

/// <summary>
/// The described programs. The data lies in the assembly as text with a sorted index; an entry is read when it is first named, and kept.
/// </summary>
internal sealed class ProgramCatalog
{
    private readonly ConcurrentDictionary<string, ProgramNode> _read = new(StringComparer.Ordinal);

    private ProgramCatalog()
    {
    }

    /// <summary>The catalogue that was built in.</summary>
    public static ProgramCatalog BuiltIn { get; } = new();

    /// <summary>A catalogue of text as the build makes it, for tests of the format.</summary>
    public static ProgramCatalog Of(CatalogText text) => new() { Text = text };

    private CatalogText? Text { get; init; }

    /// <summary>
    /// The entry of a program (<c>grep</c>) or subcommand (<c>git push</c>). Names with a version at their end (<c>python3.11</c>, <c>gcc-12</c>)
    /// are the program without it.
    /// </summary>
    public ProgramNode? Find(string path)
    {
        if (_read.TryGetValue(path, out ProgramNode? known))
        {
            return known;
        }

        if (Block(path) is not { } block)
        {
            return null;
        }

        // The first line names the entry; aliases of a program share its block.
        int end = block.IndexOf('\n');
        string name = block[..end];
        ProgramNode node = _read.TryGetValue(name, out ProgramNode? read) ? read : _read.GetOrAdd(name, ProgramNodeReader.Read(name, block[(end + 1)..]));
        return _read.GetOrAdd(path, node);
    }

    public ProgramNode? FindProgram(string name)
    {
        if (Find(name) is { } exact)
        {
            return exact;
        }

        int end = name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name.Length - 4 : name.Length;
        if (end < name.Length && end > 0 && Find(name[..end]) is { } windows)
        {
            return windows;
        }

        // python3.11 is python3, and python: drop the version part by part.
        while (end > 0 && (char.IsAsciiDigit(name[end - 1]) || name[end - 1] is '.' or '-'))
        {
            end--;
            if (end > 0 && Find(name[..end]) is { } versioned)
            {
                return versioned;
            }
        }

        return null;
    }

    /// <summary>Every name in the catalogue, subcommands as paths.</summary>
    public IEnumerable<string> Names()
    {
        int count = Text?.Keys.Length ?? ProgramData.KeyStarts.Length - 1;
        for (int i = 0; i < count; i++)
        {
            yield return Text?.Keys[i] ?? Encoding.UTF8.GetString(Key(i));
        }
    }

    private string? Block(string path)
    {
        if (Text is { } text)
        {
            int at = Array.BinarySearch(text.Keys, path, StringComparer.Ordinal);
            return at < 0 ? null : text.Blocks[at];
        }

        if (!Ascii.IsValid(path) || path.Length > 128)
        {
            return null;
        }

        Span<byte> wanted = stackalloc byte[path.Length];
        _ = Ascii.FromUtf16(path, wanted, out _);
        int low = 0;
        int high = ProgramData.KeyStarts.Length - 2;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = Key(middle).SequenceCompareTo(wanted);
            if (order == 0)
            {
                int block = ProgramData.BlockOfKey[middle];
                return Encoding.UTF8.GetString(ProgramData.Blocks[ProgramData.BlockStarts[block]..ProgramData.BlockStarts[block + 1]]);
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    private static ReadOnlySpan<byte> Key(int index) => ProgramData.Keys[ProgramData.KeyStarts[index]..ProgramData.KeyStarts[index + 1]];
}
