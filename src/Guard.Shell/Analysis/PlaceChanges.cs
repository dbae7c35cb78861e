using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>
/// What the commands of a line so far may have done to its place, which was looked at before the line runs: a folder that was moved away cannot be
/// changed to any more, and a link or a file that was made may match a pattern.
/// </summary>
internal sealed class PlaceChanges
{
    private readonly List<string> _lost = [];
    private bool _anyLost;

    /// <summary>A link may have been made, so that what a pattern matches is not known.</summary>
    public bool HasNewLinks { get; private set; }

    /// <summary>Files that redirects may have made, and those that a pattern would make options of; null: none.</summary>
    public MadeFiles? Made { get; private set; }

    public void Note(ImmutableArray<ShellRedirect> redirects, string? folder)
    {
        foreach (var redirect in redirects)
        {
            if (redirect.Operator is RedirectOperator.Write or RedirectOperator.WriteOver or RedirectOperator.Append or RedirectOperator.WriteBoth or RedirectOperator.AppendBoth or RedirectOperator.ReadWrite
                && redirect.Target is ExpandedField.Known { Text: var path } && !path.StartsWith("/dev/", StringComparison.Ordinal))
            {
                (Made ??= new MadeFiles()).Add(path, folder);
            }
        }
    }

    public void Note(ShellCommand command)
    {
        Note(command.Redirects, command.WorkingDirectory);
        var endsOptions = false;
        for (var i = 0; i < command.Words.Length; i++)
        {
            if (command.Words[i] is not ExpandedField.Known { Text: var text })
                continue;
            var name = text.AsSpan(text.LastIndexOf('/') + 1);

            // Whatever program may make it: a pattern that matches it later gives another program an option.
            if (name.StartsWith('-') && (endsOptions || name.Length < text.Length))
                (Made ??= new MadeFiles()).AddAnywhere(name.ToString());
            endsOptions |= text == "--";
            switch (name)
            {
                case "ln" or "link" or "symlink":
                    HasNewLinks = true;
                    break;
                case "cp" or "gcp":
                    HasNewLinks |= command.Words.Any(static w => w is not ExpandedField.Known { Text: var option } || (option.StartsWith('-') && option.AsSpan().IndexOfAny('s', 'l') > 0));
                    break;
                case "rm" or "rmdir" or "mv" or "gmv" or "grm" or "unlink" or "chmod" or "chown" or "umount" or "trash":
                    NoteOperands(command, i);
                    break;
                case "git" or "find" or "fd" when i + 1 < command.Words.Length:
                    _anyLost |= command.Words.Any(w => w is not ExpandedField.Known { Text: var word } || MayRemove(word));
                    break;
                default:
                    NoteText(name, text);
                    break;
            }
        }
    }

    public bool MayHaveLost(string folder)
    {
        foreach (var lost in _lost)
        {
            if (string.Equals(lost, folder, StringComparison.Ordinal) || lost == "/" || (folder.Length > lost.Length && folder.StartsWith(lost, StringComparison.Ordinal) && folder[lost.Length] == '/'))
                return true;
        }

        return _anyLost;
    }

    private static bool MayRemove(string word) =>
        word is "checkout" or "switch" or "stash" or "clean" or "reset" or "rm" or "mv" or "worktree" or "merge" or "rebase" or "pull" or "restore" or "am" or "apply" or "revert" or "cherry-pick" or "submodule"
            or "-delete" or "-exec" or "-execdir" or "-ok" or "-okdir" or "-x" or "-X" or "--exec" or "--exec-batch";

    // What another shell runs is not followed here, nor a text that another program hands to one.
    private void NoteText(ReadOnlySpan<char> name, string text)
    {
        var isShell = ShellNames.Contains(name);
        if (!isShell && !text.Contains(' ', StringComparison.Ordinal))
            return;
        HasNewLinks |= isShell || text.Contains("ln ", StringComparison.Ordinal);
        _anyLost |= isShell || text.Contains("rm ", StringComparison.Ordinal) || text.Contains("rmdir ", StringComparison.Ordinal) || text.Contains("mv ", StringComparison.Ordinal);
    }

    private void NoteOperands(ShellCommand command, int name)
    {
        // Those name more than stands on the line.
        _anyLost |= command.Words.Take(name).Any(static w => w is ExpandedField.Known { Text: "xargs" or "parallel" });
        for (var i = name + 1; i < command.Words.Length; i++)
        {
            if (command.Words[i] is not ExpandedField.Known { Text: var path } || (command.WorkingDirectory is null && !path.StartsWith('/')))
                _anyLost = true;
            else if (!path.StartsWith('-'))
                _lost.Add(PathText.Normalize(path.StartsWith('/') ? path : command.WorkingDirectory + "/" + path));
        }
    }
}
