using System.Collections.Immutable;
using Guard.Shell.Expansion;

namespace Guard.Shell.Analysis;

/// <summary>Where <c>cd</c> leads. Its success is known only if the folder is known to be there.</summary>
internal sealed class FolderWalker(IGlobView? view, PlaceChanges changes)
{
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
        return view?.IsDirectory(target) == true && !changes.MayHaveLost(target) ? new Flow(there, state with { Dead = true }) : new Flow(there, state);
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
