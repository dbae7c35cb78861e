using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>The output of the few commands whose output follows from the line alone.</summary>
internal static class KnownOutput
{
    /// <summary>Without trailing line ends, as a substitution takes it; null if it is not known.</summary>
    public static string? Of(ShellCommand command, ShellState state)
    {
        if (command.IsFunction || !command.Words.All(w => w is ExpandedField.Known))
            return null;

        // The usual way to give a text of several lines to an option.
        if (command.Name == "cat" && command.Words.Length == 1 && command.Redirects is [{ Descriptor: 0, Operator: RedirectOperator.HereDocument, Target: ExpandedField.Known text }])
            return text.Text.TrimEnd('\n');
        if (!command.Redirects.IsEmpty)
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

    /// <summary>It prints numbers and blanks, or nothing, whatever it reads.</summary>
    public static bool IsNumber(ShellCommand command)
    {
        if (command.IsFunction || command.Redirects.Any(r => r.Descriptor != 0 && r.Target is not ExpandedField.Known { Text: "/dev/null" }))
            return false;
        if (command.Words.Any(w => w is not ExpandedField.Known))
            return false;
        var words = command.Words.Select(w => ((ExpandedField.Known)w).Text).ToList();
        return words switch
        {
            ["wc", .. var rest] => rest.TrueForAll(w => w is "-l" or "-c" or "-w" or "-m" or "-L"),
            ["grep", .. var rest] => CountsOneText(rest),
            ["date", var format] => format is "+%s" or "+%Y" or "+%m" or "+%d" or "+%H" or "+%M" or "+%S" or "+%s%N" or "+%s%3N" or "+%Y%m%d" or "+%j",
            ["nproc"] => true,
            ["id", var what] => what is "-u" or "-g",
            ["stat", "-c" or "--format", "%s" or "%Y" or "%a", _] => true,
            ["seq", .. var rest] => rest.TrueForAll(w => ShellValue.Of(w).IsTame),
            ["git", "rev-list", .. var rest] => rest.Contains("--count"),
            _ => false,
        };
    }

    /// <summary>A count for each of several files would have the file's name before it.</summary>
    private static bool CountsOneText(List<string> words)
    {
        var counts = false;
        foreach (var word in words.Where(w => w.StartsWith('-')))
        {
            if (word is "-c" or "-ci" or "-ic" or "-cv" or "-vc" or "-cE" or "-Ec" or "-cF" or "-cw" or "--count")
                counts = true;
            else if (word is not ("-i" or "-v" or "-E" or "-F" or "-w" or "-x"))
                return false;
        }

        return counts && words.Count(w => !w.StartsWith('-')) <= 2;
    }
}
