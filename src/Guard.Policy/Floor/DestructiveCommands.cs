using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>Commands that wipe the root or a home folder, destroy a disk, or fork without end.</summary>
internal sealed class DestructiveCommands(VitalFolders vital)
{
    private static readonly ImmutableArray<string> DiskPrefixes = ["/dev/sd", "/dev/hd", "/dev/vd", "/dev/xvd", "/dev/nvme", "/dev/mmcblk", "/dev/dm-", "/dev/md", "/dev/mapper/", "/dev/disk/", "/dev/mem", "/dev/kmem", "/dev/disk"];

    public static readonly FloorVerdict WipeVerdict =
        new("wipe", "It would wipe the root or a home folder. Name the files or the folder inside the project that should go.");

    /// <summary>What forbids the command, or null.</summary>
    /// <param name="command">The command.</param>
    /// <param name="here">It runs in the root or a home folder.</param>
    /// <param name="relativeMeansVital">A relative word of the line leads to such a folder.</param>
    public FloorVerdict? Judge(RoughCommand command, bool here, bool relativeMeansVital)
    {
        if (Wipes(command, here, relativeMeansVital))
        {
            return WipeVerdict;
        }

        return Destroys(command) ? new FloorVerdict("raw-disks", "It would overwrite a disk or make a file system. Run it yourself, outside the agent.") : null;
    }

    /// <summary>A function that pipes into itself in the background: <c>f(){ f|f&amp; };f</c>.</summary>
    public static FloorVerdict? JudgeForkBomb(string line)
    {
        var text = string.Concat(line.Where(c => !char.IsWhiteSpace(c)));
        for (var at = text.IndexOf("(){", StringComparison.Ordinal); at >= 0; at = text.IndexOf("(){", at + 1, StringComparison.Ordinal))
        {
            var start = at;
            while (start > 0 && at - start < 64 && text[start - 1] is not (';' or '&' or '|' or '(' or ')' or '{' or '}' or '\'' or '"'))
            {
                start--;
            }

            var name = text[start..at];
            // The window keeps the time linear for lines made of nothing but beginnings of functions.
            if (name.Length > 0 && text.AsSpan(at, Math.Min(256, text.Length - at)).Contains($"{name}|{name}&", StringComparison.Ordinal))
            {
                return new FloorVerdict("fork-bomb", "It would start processes without end.");
            }
        }

        return null;
    }

    private bool Wipes(RoughCommand command, bool here, bool relativeMeansVital)
    {
        switch (command.Program)
        {
            case "rm":
                var recursive = command.Has('r', "recursive") || command.Has('R', null);
                return command.Operands.Any(o => IsVital(o) && (recursive || EndsInGlob(o)));
            case "rmdir" or "shred" or "srm" or "unlink" or "trash" or "trash-put":
                return command.Operands.Any(IsVital);
            case "find" or "fd" or "fdfind":
                return command.Arguments.Any(a => a is "-delete" || IsDeleter(a)) && command.Arguments.TakeWhile(a => !a.StartsWith('-') || a.Length == 2).Any(IsVital);
            case "chmod" or "chown" or "chgrp" or "setfacl" or "chattr":
                return (command.Has('R', "recursive")) && command.Operands.Any(IsVital);
            case "mv":
                var operands = command.Operands.ToList();
                var sources = command.Has('t', "target-directory") ? operands : operands.Take(Math.Max(0, operands.Count - 1));
                return sources.Any(IsVital);
            case "rsync":
                // What is not in the source goes, before, during or after the copy.
                return command.Arguments.Any(static a => a.StartsWith("--del", StringComparison.Ordinal)) && command.Operands.LastOrDefault() is { } target && IsVital(target);
            default:
                return false;
        }

        bool IsVital(string word) => vital.IsMeantBy(word, here) || (relativeMeansVital && IsRelativeFolder(word));
    }

    private static bool Destroys(RoughCommand command)
    {
        if (!command.RedirectedTo.IsEmpty && command.RedirectedTo.Any(IsDisk))
        {
            return true;
        }

        return command.Program switch
        {
            "mke2fs" or "wipefs" or "blkdiscard" or "mkswap" => !command.Words.Contains("--help") && !command.Words.Contains("--version"),
            "dd" => command.Arguments.Any(a => a.StartsWith("of=", StringComparison.Ordinal) && IsDisk(a[3..])),
            "shred" or "tee" or "cp" or "truncate" or "fdisk" or "sfdisk" or "sgdisk" or "parted" => command.Operands.Any(IsDisk) && !command.Has('l', "list"),
            var program => program.StartsWith("mkfs", StringComparison.Ordinal) && !command.Words.Contains("--help") && !command.Words.Contains("--version"),
        };
    }

    // `..`, `../..`, `.`, `*`: which folder they mean is told by the accesses of the call.
    private static bool IsRelativeFolder(string word) => word.Length > 0 && word.AsSpan().IndexOfAnyExcept("./*") < 0 && !word.StartsWith('/');

    private static bool EndsInGlob(string word) => word.Length > 0 && word[^1] is '*' or '?' or ']' or '}';

    private static bool IsDeleter(string word) => RoughCommand.BaseName(word) is "rm" or "shred" or "unlink" or "rmdir" or "srm";

    private static bool IsDisk(string path)
    {
        var clean = Matching.AbsolutePath.Parse(path)?.Text ?? path;
        return DiskPrefixes.Any(p => clean.StartsWith(p, StringComparison.Ordinal));
    }
}
