using System.Buffers.Binary;
using System.Text;
using Guard.Agents.Paths;

namespace Guard.Agents.Walking;

/// <summary>
/// What git tracks, by its index (gitformat-index(5), versions 2 to 4): a file that is ignored and was added all the same is a file like
/// any other to git. Read at the first question. Where the index cannot be read for certain (too long, split, sparse, of another hash),
/// everything counts as tracked, so that nothing is left out.
/// </summary>
/// <param name="paths">The tree.</param>
/// <param name="repository">The folder that holds <c>.git</c>, without symbolic links.</param>
internal sealed class TrackedFiles(IPathView paths, string repository)
{
    /// <summary>About a hundred thousand files.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    private const int MaxPointerBytes = 4_096;
    private const int HeaderLength = 12;
    private const int HashLength = 20;
    private const int FlagsOffset = 40 + HashLength;
    private const int NameOffset = FlagsOffset + 2;
    private const int IsExtended = 0x4000;
    private const int ExtensionHeaderLength = 8;
    private const string PointsTo = "gitdir: ";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private string[]? _names;
    private bool _isRead;

    /// <summary>Whether a file is tracked, or anything in a folder.</summary>
    /// <param name="path">Absolute, without symbolic links.</param>
    /// <param name="isFolder">It is one.</param>
    public bool Holds(string path, bool isFolder)
    {
        if (!_isRead)
        {
            (_names, _isRead) = (Read(), true);
        }

        var root = repository.TrimEnd('/') + "/";
        if (_names is not { } names || !path.StartsWith(root, StringComparison.Ordinal)) return true;

        // A submodule stands in the index by the name of its folder alone.
        var name = path[root.Length..];
        if (Array.BinarySearch(names, name, StringComparer.OrdinalIgnoreCase) >= 0) return true;
        if (!isFolder) return false;
        var below = name + "/";
        var next = ~Array.BinarySearch(names, below, StringComparer.OrdinalIgnoreCase);
        return next < 0 || (next < names.Length && names[next].StartsWith(below, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Null: it cannot be told.</summary>
    private string[]? Read()
    {
        var folder = repository.TrimEnd('/') + "/.git";
        if (paths.FormOf(folder) == PathEntryForm.File)
        {
            // Of a worktree or a submodule.
            if (paths.Text(folder, MaxPointerBytes) is not { } text || !text.StartsWith(PointsTo, StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal)) return null;
            folder = Path.GetFullPath(text[PointsTo.Length..].TrimEnd('\n'), repository);
        }

        var index = folder + "/index";
        if (paths.FormOf(index) == PathEntryForm.Missing) return [];
        if (paths.Bytes(index, MaxBytes) is not { } bytes || Names(bytes) is not { } names) return null;
        Array.Sort(names, StringComparer.OrdinalIgnoreCase);
        return names;
    }

    private static string[]? Names(ReadOnlySpan<byte> index)
    {
        if (index.Length < HeaderLength + HashLength || !index.StartsWith("DIRC"u8)) return null;
        var version = BinaryPrimitives.ReadUInt32BigEndian(index[4..]);
        var count = BinaryPrimitives.ReadUInt32BigEndian(index[8..]);
        if (version is < 2 or > 4 || count > (index.Length - HeaderLength) / NameOffset) return null;
        var names = new string[count];
        var name = new List<byte>();
        var all = 0L;
        var entry = index[HeaderLength..^HashLength];
        for (var i = 0; i < names.Length; i++)
        {
            if (entry.Length < NameOffset + 2) return null;
            var start = NameOffset + ((BinaryPrimitives.ReadUInt16BigEndian(entry[FlagsOffset..]) & IsExtended) == 0 ? 0 : 2);
            if (version < 4) name.Clear();
            else if (!Shorten(name, entry, ref start)) return null;
            var length = entry[start..].IndexOf((byte)0);
            if (length < 0) return null;
            foreach (var b in entry.Slice(start, length)) name.Add(b);

            // In version 4 a few bytes repeat a long name, so that a short file could fill all memory.
            all += name.Count;
            if (all > MaxBytes) return null;
            try
            {
                names[i] = Strict.GetString([.. name]);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }

            // Up to version 3 an entry ends with one to eight zeros, at a multiple of eight.
            var end = version < 4 ? (start + length + 8) & ~7 : start + length + 1;
            if (end > entry.Length) return null;
            entry = entry[end..];
        }

        return AreOptional(entry) ? names : null;
    }

    // Version 4: how much of the name before goes, as a number of seven bits a byte, of which each further one counts from one.
    private static bool Shorten(List<byte> name, ReadOnlySpan<byte> entry, ref int start)
    {
        var goes = 0L;
        byte b;
        do
        {
            if (start >= entry.Length || goes > name.Count) return false;
            b = entry[start++];
            goes = (goes << 7) | (uint)(b & 0x7f);
            if ((b & 0x80) != 0) goes++;
        }
        while ((b & 0x80) != 0);

        if (goes > name.Count) return false;
        name.RemoveRange(name.Count - (int)goes, (int)goes);
        return true;
    }

    // Names of extensions that may be passed over begin with a capital; a split or sparse index is none of them. What does not add up
    // to the end was not read as it was meant.
    private static bool AreOptional(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            if (rest.Length < ExtensionHeaderLength || rest[0] is < (byte)'A' or > (byte)'Z') return false;
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (length > rest.Length - ExtensionHeaderLength) return false;
            rest = rest[(ExtensionHeaderLength + (int)length)..];
        }

        return true;
    }
}
