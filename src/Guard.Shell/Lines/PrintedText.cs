using System.Text;
using Guard.Shell.Analysis;
using Guard.Shell.Effects;
using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>The text that a command prints, where it follows from the line alone and every shell prints the same.</summary>
internal static class PrintedText
{
    /// <summary>Pipes within pipes that are followed.</summary>
    private const int MaxPipes = 8;

    /// <summary>Characters beyond which a text counts as not known: a format is printed once for each operand.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>What stands on the command's output; null if it is not known.</summary>
    public static string? Of(FeedingCommand command, TextWalk text) => Of(command, text, MaxPipes);

    /// <summary>What the command reads from its standard input.</summary>
    public static string? Given(ShellInput input, TextWalk text) => Given(input, text, MaxPipes);

    private static string? Of(FeedingCommand command, TextWalk text, int pipes)
    {
        if (command.Words.Any(static w => !w.IsKnown))
            return null;
        return command.Words[0].Text switch
        {
            "echo" => Echo(command.Words),
            "printf" => Printf(command.Words),
            "cat" when command.Words.Count == 1 || command.Words is [_, { Text: "-" }] => Given(command.Input, text, pipes),

            // It prints what it writes, however many files there are.
            "tee" when command.Effects.Opaque.Count == 0 => Given(command.Input, text, pipes),
            _ => null,
        };
    }

    private static string? Given(ShellInput input, TextWalk text, int pipes) => input switch
    {
        ShellInput.Text { Content: ExpandedField.Known known } => known.Text,
        ShellInput.Pipe { IsRest: false } when pipes > 0 && text.Feeder(input) is { } feeder => Of(feeder, text, pipes - 1),
        _ => null,
    };

    // Shells differ in options and in what a backslash means.
    private static string? Echo(IReadOnlyList<Argument> words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i].Text.StartsWith('-') || words[i].Text.Contains('\\', StringComparison.Ordinal))
                return null;
        }

        return string.Join(' ', words.Skip(1).Select(static w => w.Text)) + "\n";
    }

    private static string? Printf(IReadOnlyList<Argument> words)
    {
        if (words.Count < 2 || words[1].Text.StartsWith('-'))
            return null;
        var printed = new StringBuilder();
        var next = 2;
        do
        {
            var before = next;
            if (!Format(words[1].Text, words, ref next, printed) || printed.Length > MaxLength)
                return null;

            // Operands beyond the format are left alone where it takes none.
            if (next == before)
                break;
        }
        while (next < words.Count);
        return printed.ToString();
    }

    private static bool Format(string format, IReadOnlyList<Argument> words, ref int next, StringBuilder printed)
    {
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] is not ('%' or '\\'))
            {
                printed.Append(format[i]);
                continue;
            }

            if (i + 1 == format.Length)
                return false;
            var isEscape = format[i++] == '\\';
            switch (format[i])
            {
                case '%' when !isEscape:
                case '\\' when isEscape:
                    printed.Append(format[i]);
                    break;
                case 's' when !isEscape:
                    if (next < words.Count)
                        printed.Append(words[next++].Text);
                    break;
                case 'n' when isEscape:
                    printed.Append('\n');
                    break;
                case 't' when isEscape:
                    printed.Append('\t');
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
