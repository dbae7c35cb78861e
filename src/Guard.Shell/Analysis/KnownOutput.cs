using Guard.Shell.Expansion;

namespace Guard.Shell.Analysis;

/// <summary>The output of the few commands whose output follows from the line alone.</summary>
internal static class KnownOutput
{
    /// <summary>Without trailing line ends, as a substitution takes it; null if it is not known.</summary>
    public static string? Of(ShellCommand command, ShellState state)
    {
        if (command.IsFunction || !command.Redirects.IsEmpty || !command.Words.All(w => w is ExpandedField.Known))
            return null;
        var words = command.Words.Select(w => ((ExpandedField.Known)w).Text).ToList();
        return words switch
        {
            // The folder as the shell names it: its own PWD, which keeps links as they were walked.
            ["pwd"] => (state["PWD"] as ShellValue.Scalar)?.Text is { } folder && folder == state.WorkingDirectory ? folder : null,
            ["echo", .. var rest] when !rest.Any(w => w.StartsWith('-') || w.Contains('\\', StringComparison.Ordinal)) => string.Join(' ', rest).TrimEnd('\n'),
            _ => null,
        };
    }
}
