using System.Buffers;
using System.Collections.Frozen;
using Guard.Shell.Effects;
using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>Names of files that a command prints for xargs, where each is sure to arrive as one word that is that name.</summary>
internal static class PrintedNames
{
    /// <summary>Entries that are looked at before the names count as not known.</summary>
    private const int MaxEntries = 5_000;

    private static readonly SearchValues<char> Odd = SearchValues.Create(" \t\n\v\f\r'\"\\");

    // Options with which the output is still names, one for each line or NUL.
    private static readonly FrozenDictionary<string, FrozenSet<string>> Plain = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
    {
        ["find"] = Set("-name", "-iname", "-path", "-ipath", "-wholename", "-type", "-maxdepth", "-mindepth", "-not", "!", "-o", "-or", "-a", "-and", "(", ")", "-size", "-mtime", "-mmin", "-newer", "-empty", "-prune", "-print", "-print0", "-regex", "-xdev"),
        ["grep"] = Set("-r", "-R", "-l", "-L", "-v", "-i", "-E", "-F", "-w", "-s", "-I", "-e", "-Z", "--include", "--exclude", "--exclude-dir"),
        ["rg"] = Set("-l", "--files", "-i", "-g", "-t", "-T", "-w", "-F", "-0", "--hidden", "--files-with-matches"),
        ["git"] = Set("-z", "-o", "-c", "-m", "--others", "--cached", "--modified", "--exclude-standard"),
        ["head"] = Set("-n"),
        ["tail"] = Set("-n"),
        ["sort"] = Set("-u", "-r", "-z"),
        ["uniq"] = Set(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The folders that all the names lie below, absolute; null where the words are not known to be such names.</summary>
    public static IReadOnlyList<string>? Below(FeedingCommand? feeder, TextWalk text, CommandEffects reader, string? folder, IGlobView? view)
    {
        var zero = reader.Options.Any(o => o.Names.Contains("-0", StringComparer.Ordinal));
        if (reader.Program is not "xargs" || reader.Options.Any(o => !o.Names.Any(n => n is "-0" or "-r" or "-n" or "-P" or "-I" or "-t")))
            return null;

        // Lines that are left out or put in another order are still the same names.
        while (feeder is { Effects: { Filter: true, Program: "head" or "tail" or "sort" or "uniq" or "grep" } } && IsPlain(feeder))
            feeder = text.Feeder(feeder.Input);
        if (feeder?.Effects.PrintsNamesBelow is not { } roots || !IsPlain(feeder) || !string.Equals(feeder.Folder, folder, StringComparison.Ordinal))
            return null;
        if (roots.Count == 0)
            roots = ["."];
        var folders = roots.Select(root => PathPlace.Absolute(root, feeder.Folder)).ToList();
        if (folders.Contains(null))
            return null;
        var printsRoots = feeder.Effects.Program == "find" && roots.All(root => root.AsSpan().IndexOfAny(Odd) < 0 && root is not ['-', ..]);
        var whole = zero && printsRoots && feeder.Words.Any(w => w is { IsKnown: true, Text: "-print0" });
        var budget = MaxEntries;
        return whole || (!zero && view is not null && folders.All(below => AreClean(view, below!, ref budget))) ? [.. folders.OfType<string>()] : null;
    }

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);

    private static bool IsPlain(FeedingCommand feeder) =>
        feeder.Words.All(w => w.IsKnown)
        && Plain.TryGetValue(feeder.Effects.Program, out var plain)
        && feeder.Effects.Options.All(o => o.Names.Any(plain.Contains))
        && (feeder.Effects.Program != "git" || (feeder.Words.Count > 1 && feeder.Words[1].Text == "ls-files"));

    private static bool AreClean(IGlobView view, string folder, ref int budget)
    {
        var pending = new Stack<string>([folder]);
        while (pending.TryPop(out var at))
        {
            if (at.AsSpan().IndexOfAny(Odd) >= 0)
                return false;
            foreach (var name in view.List(at) ?? [])
            {
                if (--budget < 0 || name.StartsWith('-') || name.AsSpan().IndexOfAny(Odd) >= 0)
                    return false;
                var path = at.TrimEnd('/') + "/" + name;
                if (view.IsDirectory(path))
                    pending.Push(path);
            }
        }

        return true;
    }
}
