namespace Guard.Shell.Effects;

/// <summary>Commands that the command starts with words of its own line, placeholders filled in.</summary>
/// <param name="line">The command.</param>
/// <param name="traits">What holds for it.</param>
/// <param name="sink">Takes the commands.</param>
/// <param name="roots">Where it looks for files; complete before the first command is started.</param>
/// <param name="only">Base names that its search is limited to.</param>
internal sealed class StartedCommands(CommandLine line, Traits traits, EffectSink sink, List<(string Text, int Word)> roots, List<string> only)
{
    /// <summary>So many words come from placeholders; beyond that a placeholder is an unknown word.</summary>
    private const int MaxFilled = 4096;

    private int _filled;

    public void Start(ValueUse use, List<Argument> words, List<Argument> variables, int word)
    {
        if (words.Count == 0)
        {
            return;
        }

        if (use.Kind == ValueKind.ShellWords)
        {
            bool known = words.All(w => w.IsKnown);
            string text = string.Join(' ', words.Select(w => w.IsKnown || w.Form == ArgumentForm.Partial ? w.Text : Argument.Unknown.Text));
            sink.Inner.Add(new InnerCommand
            {
                ShellText = new Argument(Filled(text), known && text == Filled(text) ? ArgumentForm.Known : ArgumentForm.Partial),
                Elsewhere = line.Leaf.Elsewhere,
                Directory = sink.Directory,
                FromInput = traits.Fills == "input",
                Word = word,
            });
            return;
        }

        bool fromInput = traits.Fills == "input";
        sink.Inner.Add(new InnerCommand
        {
            Words = fromInput ? WithInput(words) : traits.Fills == "roots" ? WithRoots(words) : [.. words],
            FromInput = fromInput,
            Elsewhere = line.Leaf.Elsewhere,
            Directory = sink.Directory,
            Assignments = variables,
            Word = word,
        });
    }

    private string Filled(string text) =>
        traits.Fills is null ? text : text.Replace("{}", Argument.Unknown.Text, StringComparison.Ordinal);

    /// <summary>xargs and its like: words from standard input go to the end, or where the placeholder stands.</summary>
    private Argument[] WithInput(List<Argument> words)
    {
        FoundOption? replace = line.Options.LastOrDefault(o => o.Option.Names.Any(n => n is "-I" or "--replace"));
        if (replace is null)
        {
            return words.Any(w => w.Text.Contains("{}", StringComparison.Ordinal)) && line.Leaf.Path == "parallel"
                ? Replaced(words, "{}")
                : [.. words, Argument.AnyWords];
        }

        return Replaced(words, replace.Values is [{ IsKnown: true, Text.Length: > 0 } placeholder] ? placeholder.Text : "{}");
    }

    private static Argument[] Replaced(List<Argument> words, string placeholder) =>
        [.. words.Select(w => w.Text.Contains(placeholder, StringComparison.Ordinal)
            ? new Argument(w.Text.Replace(placeholder, Argument.Unknown.Text, StringComparison.Ordinal), ArgumentForm.Partial)
            : w)];

    /// <summary>find -exec and fd -x: <c>{}</c> is a path below one of the roots.</summary>
    private Argument[] WithRoots(List<Argument> words)
    {
        IReadOnlyList<string>? names = only.Count > 0 ? [.. only] : null;
        List<(string Text, int Word)> places = roots.Count > 0 ? roots : [(".", -1)];
        List<Argument> filled = [];
        bool placed = false;
        foreach (Argument word in words)
        {
            if (word.Text is "{}" or "{.}" or "{/}" or "{//}" or "{/.}" || (word.Text.StartsWith("{}", StringComparison.Ordinal) && !word.Text.Contains('/')))
            {
                placed = true;
                _filled += places.Count;
                filled.AddRange(_filled > MaxFilled ? [Argument.Unknown] : places.Select(root => Argument.Below(root.Text, word.Text == "{}" ? names : null)));
            }
            else if (word.Text.Contains("{}", StringComparison.Ordinal))
            {
                placed = true;
                filled.Add(new Argument(Filled(word.Text), ArgumentForm.Partial));
            }
            else
            {
                filled.Add(word);
            }
        }

        if (!placed && line.Leaf.Path == "fd")
        {
            filled.AddRange(places.Select(root => Argument.Below(root.Text, names)));
        }

        return [.. filled];
    }
}
