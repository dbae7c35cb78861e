using System.Collections.Immutable;
using Guard.Shell.Expansion;

namespace Guard.Shell.Analysis;

/// <summary>Where <c>cd</c> leads. Its success is known only if the folder is known to be there.</summary>
internal sealed class FolderWalker(IGlobView? view, PlaceChanges changes)
{
    /// <summary>Paths beyond which only the text is looked at: each <c>..</c> costs a look at what stands before it.</summary>
    private const int MaxLength = 512;

    /// <summary>The state in which the current folder is not known.</summary>
    public static WalkState Lost(WalkState state) => state with
    {
        Shell = (state.Shell with { WorkingDirectory = null }).With("PWD", ShellValue.Unknown),
    };

    public Flow ChangeTo(ImmutableArray<ExpandedField> operands, WalkState state, bool isPush)
    {
        var target = Target(operands, state.Shell, isPush);
        if (target is null)
            return new Flow(Lost(state), state);
        var there = state with { Shell = (state.Shell with { WorkingDirectory = target }).With("PWD", ShellValue.Of(target)) };
        return IsThere(target) && operands.All(operand => operand is not ExpandedField.Known { Text: var written } || IsWayThere(written, state.Shell.WorkingDirectory)) ? new Flow(there, state with { Dead = true }) : new Flow(there, state);
    }

    private bool IsThere(string folder) => view?.IsDirectory(folder) == true && !changes.MayHaveLost(folder);

    /// <summary>bash takes names away only before <c>..</c> that are folders.</summary>
    private bool IsWayThere(string path, string? folder)
    {
        // Dots at the start lead out of the folder that the shell is in.
        var start = path.StartsWith('/') ? 1 : 0;
        while (path.AsSpan(start).StartsWith("../", StringComparison.Ordinal))
            start += 3;
        for (var at = path.IndexOf("/..", start, StringComparison.Ordinal); at > 0; at = path.IndexOf("/..", at + 1, StringComparison.Ordinal))
        {
            if (at + 3 < path.Length && path[at + 3] != '/')
                continue;
            if (path.Length > MaxLength || !IsThere(PathText.Normalize(path.StartsWith('/') ? path[..at] : folder + "/" + path[..at])))
                return false;
        }

        return true;
    }

    private static string? Target(ImmutableArray<ExpandedField> operands, ShellState state, bool isPush)
    {
        if (operands is [ExpandedField.Known { Text: "--" or "-L" }, ..])
            operands = operands.RemoveAt(0);
        if (operands.IsEmpty && !isPush)
            return state["HOME"] is ShellValue.Scalar { Text: var home } && home.StartsWith('/') ? PathText.Normalize(home) : null;
        if (operands is not [ExpandedField.Known { Text: { Length: > 0 } path }] || path[0] is '-' or '+')
            return null;
        if (path[0] == '/')
            return PathText.Normalize(path);

        // With CDPATH a plain relative name is looked for elsewhere first.
        var isDotted = path is "." or ".." || path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal);
        var plain = isDotted || isPush || ReferenceEquals(state["CDPATH"], ShellValue.Unset) || state["CDPATH"] is ShellValue.Scalar { Text: "" };
        return plain && state.WorkingDirectory is { } folder ? PathText.Normalize(folder + "/" + path) : null;
    }
}
