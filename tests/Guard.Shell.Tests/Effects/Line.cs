using System.Text;
using Guard.Shell.Effects;

namespace Guard.Shell.Tests.Effects;

/// <summary>
/// Short forms for tables: a command as text, split at blanks (quotes keep words together), and its effects as lines such as
/// <c>read .env</c>, <c>delete src/**</c>, <c>fetch https://e.example/x</c>, <c>run [rm x]</c>, <c>shell [rm x]</c>, <c>code [1]</c>, <c>opaque why</c>.
/// In a word, <c>&lt;?&gt;</c> is text that is not known; the word <c>&lt;?*&gt;</c> is any number of words.
/// </summary>
internal static class Line
{
    public static CommandEffects Of(string command, CommandFacts? facts = null) => ProgramEffects.Of(Words(command), facts);

    public static IReadOnlyList<Argument> Words(string command) => [.. Split(command).Select(Word)];

    /// <summary>What the command does, inner argument vectors included.</summary>
    public static IReadOnlyList<string> Effects(string command, CommandFacts? facts = null) => [.. Describe(Of(command, facts), facts, depth: 0).Distinct()];

    private static IEnumerable<string> Describe(CommandEffects effects, CommandFacts? facts, int depth)
    {
        foreach (Effect effect in effects.Effects)
        {
            yield return $"{Verb(effect.Action)} {effect.Resource.Replace(Argument.Hole, '?')}{(effect.Subtree ? "/**" : "")}";
        }

        foreach (InlineCode code in effects.Code)
        {
            yield return $"code [{code.Text}]";
        }

        foreach (OpaqueReason reason in effects.Opaque)
        {
            yield return $"opaque {reason.Code}";
        }

        foreach (InnerCommand inner in effects.Inner)
        {
            if (inner.ShellText is { } text)
            {
                yield return $"shell [{text}]";
                continue;
            }

            yield return $"run [{string.Join(' ', inner.Words)}]";
            if (depth < 8)
            {
                foreach (string deeper in Describe(ProgramEffects.Of(inner.Words, facts), facts, depth + 1))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static string Verb(EffectAction action) => action switch
    {
        EffectAction.ReadFile => "read",
        EffectAction.WriteFile => "write",
        EffectAction.DeleteFile => "delete",
        EffectAction.ReadEnv => "env",
        EffectAction.WebFetch => "fetch",
        EffectAction.WebWrite => "post",
        _ => "connect",
    };

    private static Argument Word(string text) =>
        text == "<?*>" ? Argument.AnyWords
        : text.Contains("<?>", StringComparison.Ordinal) ? new Argument(text.Replace("<?>", Argument.Hole.ToString(), StringComparison.Ordinal), ArgumentForm.Partial)
        : Argument.Of(text);

    private static IEnumerable<string> Split(string command)
    {
        StringBuilder word = new();
        char quote = '\0';
        bool started = false;
        foreach (char c in command)
        {
            if (quote != '\0' ? c == quote : c is '\'' or '"')
            {
                quote = quote == '\0' ? c : '\0';
                started = true;
            }
            else if (c == ' ' && quote == '\0')
            {
                if (started)
                {
                    yield return word.ToString();
                    word.Clear();
                    started = false;
                }
            }
            else
            {
                word.Append(c);
                started = true;
            }
        }

        if (started)
        {
            yield return word.ToString();
        }
    }
}
