using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
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

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly SearchValues<char> ScriptCharacters = SearchValues.Create(" \t;|&\n");

    private static readonly ImmutableArray<string> Shells = ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "su", "script", "watch"];

    /// <summary>Programs that start the command behind their options, and how many words of their own stand before it.</summary>
    private static readonly FrozenDictionary<string, int> Wrappers = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["sudo"] = 0,
        ["doas"] = 0,
        ["env"] = 0,
        ["nohup"] = 0,
        ["nice"] = 0,
        ["ionice"] = 0,
        ["time"] = 0,
        ["timeout"] = 1,
        ["stdbuf"] = 0,
        ["setsid"] = 0,
        ["command"] = 0,
        ["builtin"] = 0,
        ["exec"] = 0,
        ["xargs"] = 0,
        ["parallel"] = 0,
        ["busybox"] = 0,
        ["toybox"] = 0,
        ["chroot"] = 1,
        ["unshare"] = 0,
        ["nsenter"] = 0,
        ["strace"] = 0,
        ["ltrace"] = 0,
        ["chrt"] = 1,
        ["taskset"] = 1,
        ["flock"] = 1,
        ["systemd-run"] = 0,
        ["pkexec"] = 0,
        ["runuser"] = 1,
        ["fakeroot"] = 0,
        ["unbuffer"] = 0,
        ["ssh"] = 1,
        ["npx"] = 0,
        ["bunx"] = 0,
        ["pnpx"] = 0,
        ["caffeinate"] = 0,
        ["catchsegv"] = 0,
        ["setpriv"] = 0,
        ["su-exec"] = 1,
        ["gosu"] = 1,
        ["prlimit"] = 0,
        ["watch"] = 0,
        ["eatmydata"] = 0,
        ["cgexec"] = 0,
        ["firejail"] = 0,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly ImmutableArray<string> Keywords = ["{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "time", "coproc", "[[", "]]"];

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
                    i = Quoted(line, i, word);
                    break;
                case '"':
                    inWord = true;
                    i = DoubleQuoted(line, i, word, depth);
                    break;
                case '$' when i + 1 < line.Length && line[i + 1] == '\'':
                    inWord = true;
                    i = AnsiQuoted(line, i + 1, word);
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
        while (start < words.Length && (IsAssignment(words[start]) || Keywords.Contains(words[start])))
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

        if (Shells.Contains(program) || program is "ssh" or "env" or "parallel")
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
        else if (Wrappers.TryGetValue(program, out var ownWords))
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

    private static int Quoted(string line, int open, StringBuilder word)
    {
        var close = line.IndexOf('\'', open + 1);
        word.Append(close < 0 ? line[(open + 1)..] : line[(open + 1)..close]);
        return close < 0 ? line.Length : close;
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
                    var end = Closing(line, start, line[i]);
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

    private static int Closing(string line, int start, char opening)
    {
        var depth = 1;
        for (var i = start; i < line.Length; i++)
        {
            if (opening == '`')
            {
                if (line[i] == '`')
                {
                    return i;
                }
            }
            else if (line[i] == '(')
            {
                depth++;
            }
            else if (line[i] == ')' && --depth == 0)
            {
                return i;
            }
        }

        return line.Length;
    }

    private static int AnsiQuoted(string line, int open, StringBuilder word)
    {
        for (var i = open + 1; i < line.Length; i++)
        {
            if (line[i] == '\'')
            {
                return i;
            }

            if (line[i] != '\\' || i + 1 >= line.Length)
            {
                word.Append(line[i]);
                continue;
            }

            i++;
            if (line[i] is 'x' or 'u' or 'U')
            {
                var digits = line.AsSpan(i + 1, Math.Min(line.Length - i - 1, line[i] == 'x' ? 2 : line[i] == 'u' ? 4 : 8));
                var length = digits.IndexOfAnyExcept(HexDigits);
                length = length < 0 ? digits.Length : length;
                if (length > 0 && int.TryParse(digits[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code))
                {
                    word.Append(new Rune(code).ToString());
                }

                i += length;
            }
            else if (line[i] is >= '0' and <= '7')
            {
                var code = 0;
                var last = Math.Min(line.Length, i + 3);
                for (; i < last && line[i] is >= '0' and <= '7'; i++)
                {
                    code = (code * 8) + (line[i] - '0');
                }

                i--;
                word.Append((char)(code & 255));
            }
            else
            {
                word.Append(line[i] switch { 'n' => '\n', 't' => '\t', _ => line[i] });
            }
        }

        return line.Length;
    }
}
