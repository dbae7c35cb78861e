using System.Text;

namespace Guard.Policy;

/// <summary>What no policy can allow, in every mode.</summary>
public static class Floor
{
    /// <summary>The policy name by which decisions of the floor are known.</summary>
    public const string PolicyName = "floor";

    /// <summary>The floor in words, for <c>guard policy show floor</c>: its document and what code decides beside it.</summary>
    public static string Describe() => new StringBuilder(FloorCompiler.DocumentText.TrimEnd())
        .AppendLine()
        .AppendLine()
        .AppendLine("# Decided by code:")
        .AppendLine("#   wipe: removing, moving or re-owning all of the root, a home folder or a parent of one")
        .AppendLine("#   raw-disks: mkfs, wipefs, dd or a redirect onto a disk")
        .AppendLine("#   fork-bomb: a function that starts itself without end")
        .AppendLine("#   guard-files: Guard's data folder, socket and programs are neither read nor written")
        .AppendLine("#   guard-api: Guard's own API is not called")
        .AppendLine("#   guard-administration: `guard` commands other than --help, --version, policy validate, policy show floor, shell explain")
        .AppendLine("#   guard-processes: kill, pkill, killall, systemctl on Guard's processes")
        .AppendLine("#   limit: a path longer than any file's, or a command line too long or nested too deep to be looked through")
        .AppendLine("#   hooks-off: an agent client started with --bare, --safe-mode, --setting-sources, --settings, or variables that move its settings")
        .ToString();
}
