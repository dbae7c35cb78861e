using System.Collections.Immutable;
using Guard.Shell.Expansion;

namespace Guard.Shell.Analysis;

/// <summary>Names of builtins in groups that matter to the walk.</summary>
internal static class Builtins
{
    public static bool Declares(string name) => name is "declare" or "typeset" or "local" or "export" or "readonly";

    /// <summary>Builtins that certainly read nothing from standard input, nor does what they start before it is followed by itself.</summary>
    public static bool LeavesInput(string name) =>
        Declares(name) || name is "echo" or "printf" or "cd" or "pushd" or "popd" or "pwd" or "true" or "false" or ":" or "test" or "[" or "set" or "unset" or "shift" or "trap" or "eval" or "exit"
            or "return" or "break" or "continue" or "let" or "umask" or "ulimit" or "shopt" or "wait" or "kill" or "type";

    /// <summary>POSIX's special builtins, and bash's other name for one: outside bash what is assigned before their names stays.</summary>
    public static bool IsSpecial(string name) =>
        name is ":" or "." or "source" or "eval" or "exec" or "exit" or "export" or "readonly" or "return" or "set" or "shift" or "trap" or "unset" or "times" or "break" or "continue";

    /// <summary>The words from the name that runs on: behind <c>command</c> and <c>builtin</c> with their options. None if they only print or fail; null if the name is not known.</summary>
    public static ImmutableArray<ExpandedField>? Named(ImmutableArray<ExpandedField> words)
    {
        var at = 0;
        while (at < words.Length && words[at] is ExpandedField.Known { Text: "command" or "builtin" } wrapper)
        {
            var behindDashes = false;
            for (at++; !behindDashes && at < words.Length && words[at] is ExpandedField.Known { Text: ['-', _, ..] option }; at++)
            {
                behindDashes = option == "--";
                if (!behindDashes && (wrapper.Text == "builtin" || option.AsSpan(1).IndexOfAnyExcept('p') >= 0))
                    return [];
            }
        }

        if (at == words.Length)
            return [];
        return words[at] is ExpandedField.Known ? at == 0 ? words : words.RemoveRange(0, at) : null;
    }
}
