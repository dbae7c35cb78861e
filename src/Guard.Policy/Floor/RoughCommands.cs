using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Guard.Policy;

/// <summary>
/// Cuts a command line into commands so that the floor can look at each of them. Quotes are honoured, so that the text of a
/// commit message is no command; substitutions, subshells, and the scripts given to shells are cut in turn. It promises
/// nothing about lines that hide their words behind variables: those are opaque, and policy answers for them.
/// </summary>
internal sealed class RoughCommands
{
    private const int MaxDepth = 40;

    /// <summary>Words looked at for one line, scripts inside scripts and every place where a command may start included.</summary>
    private const int MaxWords = 100_000;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly SearchValues<char> ScriptCharacters = SearchValues.Create(" \t;|&\n");

    private readonly List<RoughCommand> _commands = [];
    private int _words;

    /// <summary>
    /// Every command found, scripts inside scripts included, and behind wrappers every command that may start there.
    /// Null: the line is nested too deep or has too many words to be looked through.
    /// </summary>
    public static IReadOnlyList<RoughCommand>? OfLine(string line)
    {
        var cut = new RoughCommands();
        cut.Cut(line, 0);
        return cut.IsExhausted ? null : cut._commands;
    }

    /// <summary>The same for a command whose words are known.</summary>
    public static IReadOnlyList<RoughCommand>? OfWords(IReadOnlyList<string> words)
    {
        var cut = new RoughCommands();
        cut.Add([.. words], [], 0);
        return cut.IsExhausted ? null : cut._commands;
    }

    private bool IsExhausted => _words > MaxWords;

    private bool Exhausts(int depth, int words)
    {
        _words = depth > MaxDepth ? MaxWords + 1 : Math.Min(MaxWords + 1, _words + words);
        return IsExhausted;
    }

    private void Cut(string line, int depth)
    {
        if (Exhausts(depth, line.Length / 16))
        {
            return;
        }

        var words = new List<string>();
        var redirects = new List<string>();
        var word = new StringBuilder();
        var (inWord, redirecting) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            switch (c)
            {
                case '\\' when i + 1 < line.Length:
                    if (line[++i] != '\n')
                    {
                        word.Append(line[i]);
                        inWord = true;
                    }

                    break;
                case '\'':
                    inWord = true;
                    i = RoughQuotes.Quoted(line, i, word);
                    break;
                case '"':
                    inWord = true;
                    i = DoubleQuoted(line, i, word, depth);
                    break;
                case '$' when i + 1 < line.Length && line[i + 1] == '\'':
                    inWord = true;
                    i = RoughQuotes.AnsiQuoted(line, i + 1, word);
                    break;
                case '$' when i + 1 < line.Length && line[i + 1] is '"' or '(':
                    break;
                case '$' when line.AsSpan(i).StartsWith("${IFS}", StringComparison.Ordinal) || line.AsSpan(i).StartsWith("$IFS", StringComparison.Ordinal):
                    EndWord();
                    i += line[i + 1] == '{' ? 5 : 3;
                    break;
                case '$' when i + 1 < line.Length && line[i + 1] == '{':
                    var close = line.IndexOf('}', i);
                    word.Append(close < 0 ? line[i..] : line[i..(close + 1)]);
                    inWord = true;
                    i = close < 0 ? line.Length : close;
                    break;
                case '#' when !inWord:
                    var end = line.IndexOf('\n', i);
                    i = end < 0 ? line.Length : end - 1;
                    break;
                case '>':
                    if (inWord && IsDigits(word))
                    {
                        word.Clear();
                        inWord = false;
                    }

                    EndWord();
                    redirecting = true;
                    while (i + 1 < line.Length && line[i + 1] is '>' or '|' or '&')
                    {
                        i++;
                    }

                    break;
                case '<':
                case ' ' or '\t' or '\r':
                    EndWord();
                    break;
                case ';' or '&' or '|' or '\n' or '(' or ')' or '`':
                    EndCommand();
                    break;
                default:
                    word.Append(c);
                    inWord = true;
                    break;
            }
        }

        EndCommand();

        void EndWord()
        {
            if (inWord)
            {
                var text = word.ToString();
                if (redirecting)
                {
                    redirects.Add(text);
                }
                else if (text is ['{', .., '}'] && text.Contains(',', StringComparison.Ordinal))
                {
                    words.AddRange(text[1..^1].Split(','));
                }
                else
                {
                    words.Add(text);
                }

                redirecting = false;
            }

            word.Clear();
            inWord = false;
        }

        void EndCommand()
        {
            EndWord();
            redirecting = false;
            if (words.Count > 0 || redirects.Count > 0)
            {
                Add([.. words], [.. redirects], depth);
                words.Clear();
                redirects.Clear();
            }
        }
    }

    private void Add(ImmutableArray<string> words, ImmutableArray<string> redirects, int depth)
    {
        var start = 0;
        while (start < words.Length && (IsAssignment(words[start]) || StartingPrograms.Keywords.Contains(words[start])))
        {
            start++;
        }

        Add(start == 0 ? new RoughCommand([], words, redirects) : new RoughCommand([.. words.Take(start).Where(IsAssignment)], words[start..], redirects), depth);
    }

    private void Add(RoughCommand command, int depth)
    {
        if (Exhausts(depth, command.Words.Length + 1))
        {
            return;
        }

        _commands.Add(command);
        var program = command.Program;
        if (program == "eval")
        {
            Cut(string.Join(' ', command.Arguments), depth + 1);
        }

        if (StartingPrograms.Shells.Contains(program) || program is "ssh" or "env" or "parallel")
        {
            // Scripts given as one word: `bash -c '…'`, `ssh host '…'`, `env -S '…'`.
            foreach (var argument in command.Arguments)
            {
                var script = argument.StartsWith("-S", StringComparison.Ordinal) ? argument[2..] : argument;
                if (script.AsSpan().ContainsAny(ScriptCharacters))
                {
                    Cut(script, depth + 1);
                }
            }
        }

        if (program is "docker" or "podman" && command.Words is [_, "run" or "exec", ..])
        {
            AddBehind(command with { Words = command.Words[1..] }, ownWords: 1, depth);
        }
        else if (program is "find" or "fd" or "fdfind")
        {
            AddBehindExec(command, depth);
        }
        else if (StartingPrograms.Wrappers.TryGetValue(program, out var ownWords))
        {
            AddBehind(command, ownWords, depth);
        }
    }

    // An option may take the word behind it as its value or not: both readings are looked at.
    private void AddBehind(RoughCommand wrapper, int ownWords, int depth)
    {
        var words = wrapper.Words;
        for (var i = 1; i < words.Length; i++)
        {
            if (words[i].StartsWith('-') || IsAssignment(words[i]))
            {
                continue;
            }

            Add(new RoughCommand([.. wrapper.Assignments, .. words.Take(i).Where(IsAssignment)], words[i..], wrapper.RedirectedTo), depth + 1);
            var mayBeValue = words[i - 1].StartsWith('-') && !words[i - 1].Contains('=', StringComparison.Ordinal);
            if (!mayBeValue && ownWords-- <= 0)
            {
                return;
            }

            if (IsExhausted)
            {
                return;
            }
        }
    }

    private void AddBehindExec(RoughCommand find, int depth)
    {
        for (var i = 1; i < find.Words.Length - 1 && !IsExhausted; i++)
        {
            if (find.Words[i] is "-exec" or "-execdir" or "-ok" or "-okdir" or "-x" or "--exec" or "-X" or "--exec-batch")
            {
                var end = find.Words.IndexOf(";", i);
                Add(new RoughCommand(find.Assignments, end < 0 ? find.Words[(i + 1)..] : find.Words[(i + 1)..end], find.RedirectedTo), depth + 1);
            }
        }
    }

    private static bool IsAssignment(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && (char.IsAsciiLetter(word[0]) || word[0] == '_') && !word.AsSpan(0, equals).TrimEnd('+').ContainsAnyExcept(NameCharacters);
    }

    private static bool IsDigits(StringBuilder word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!char.IsAsciiDigit(word[i]))
            {
                return false;
            }
        }

        return true;
    }

    private int DoubleQuoted(string line, int open, StringBuilder word, int depth)
    {
        for (var i = open + 1; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '"':
                    return i;
                case '\\' when i + 1 < line.Length:
                    if (line[++i] is not ('"' or '\\' or '$' or '`' or '\n'))
                    {
                        word.Append('\\');
                    }

                    word.Append(line[i]);
                    break;
                case '$' when i + 1 < line.Length && line[i + 1] == '(':
                case '`':
                    var start = line[i] == '`' ? i + 1 : i + 2;
                    var end = RoughQuotes.Closing(line, start, line[i]);
                    Cut(line[start..end], depth + 1);
                    word.Append(line[i..end]);
                    i = end;
                    break;
                default:
                    word.Append(line[i]);
                    break;
            }
        }

        return line.Length;
    }
}
