using System.Text.RegularExpressions;

namespace Guard.Shell.Effects;

/// <summary>
/// Bindings of keys to actions as fzf takes them (<c>ctrl-a:select-all+down,enter:execute(less {})</c>). Actions without an argument move and mark;
/// the argument of one that runs something is a text for a shell. What does not read as one of these is taken for such a text as a whole.
/// </summary>
internal static partial class KeyActions
{
    public static void Read(EffectSink sink, Argument bindings, int word)
    {
        if (bindings.IsKnown && Moving().IsMatch(bindings.Text))
        {
            return;
        }

        Match started = bindings.IsKnown ? Starting().Match(bindings.Text) : Match.Empty;
        sink.Inner.Add(new InnerCommand { ShellText = started.Success ? bindings.Part(started.Groups[1].Success ? started.Groups[1].Value : started.Groups[2].Value) : bindings, Word = word });
    }

    [GeneratedRegex(@"\A([a-z0-9-]+[/\\\]^]?|[/?@~]):[a-z-]+(\+[a-z-]+)*(,([a-z0-9-]+[/\\\]^]?|[/?@~]):[a-z-]+(\+[a-z-]+)*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Moving();

    [GeneratedRegex(@"\A[a-z0-9-]+:(?:execute|execute-silent|become|reload|reload-sync|preview|transform|transform-[a-z-]+)(?:\(([^()]*)\)|:(.*))\z", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Starting();
}
