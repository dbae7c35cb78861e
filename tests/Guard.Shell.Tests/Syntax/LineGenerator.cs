using System.Text;

namespace Guard.Shell.Tests.Syntax;

/// <summary>Random lines from bash's grammar, and random damage to lines. The same seed gives the same lines.</summary>
internal sealed class LineGenerator(Random random)
{
    private static readonly string[] Programs = ["ls", "cat", "git", "npm", "echo", "rm", "grep", "find", "make", "true", "python3", "cargo", "./run.sh", "printf", "test", "["];
    private static readonly string[] Arguments = ["-l", "--all", "src", "a.txt", "*.cs", "src/**/*.ts", "~/x", "status", "-rf", "{a,b}", "{1..3}", "x=1", "file-1_2.log", "]", "}", "if", "done", "#x", "a#b", "é", "ü/ß", "!", "%", "^", "=", "@", "+x", "a:b", "--", "-", "{}", "100", "~", "[ab]*", "?"];
    private static readonly string[] Names = ["x", "HOME", "foo_1", "PWD", "_", "arr"];
    private static readonly string[] Special = ["$@", "$*", "$#", "$?", "$$", "$!", "$1", "$0", "${10}", "$-"];
    private static readonly string[] Damage = ["'", "\"", "`", "$", "(", ")", "{", "}", "[[", "]]", "((", "))", ";", ";;", "&", "&&", "|", "||", "<", ">", "<<", "<<<", ">&", "\n", "\\", "\\\n", "#", "!", " ", "do", "done", " then ", " fi ", " esac ", "in", " case ", "=", "$(", "${", "$((", "<(", "time ", "function ", "coproc ", "EOF", "\nEOF\n", "\t", "\r", "$'", "a=(", "%", "*", "?", ",", "~", "^", ":", "/", "@", "-", "+", "0", "é", " ", "if ", "for ", "while ", "select "];

    private readonly List<string> _documents = [];
    private int _budget;

    public string Line()
    {
        _documents.Clear();
        _budget = random.Next(3, 30);
        var text = List(0);
        while (Chance(15))
            text += EndOfLine() + List(0);
        return text + (_documents.Count > 0 || Chance(10) ? EndOfLine() : "");
    }

    /// <summary>A line with one to four random changes.</summary>
    public string Mutate(string line, string other)
    {
        var text = new StringBuilder(line);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(6))
            {
                case 0 when at < text.Length:
                    text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
                    break;
                case 1 when at < text.Length:
                    text[at] = Pick(Damage)[0];
                    break;
                case 2 when other.Length > 0:
                    var from = random.Next(other.Length);
                    text.Insert(at, other.AsSpan(from, random.Next(Math.Min(12, other.Length - from)) + 1));
                    break;
                case 3 when at + 1 < text.Length:
                    (text[at], text[at + 1]) = (text[at + 1], text[at]);
                    break;
                case 4 when at < text.Length:
                    var length = random.Next(1, Math.Min(10, text.Length - at) + 1);
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
                default:
                    text.Insert(at, Pick(Damage));
                    break;
            }
        }

        // A pair that was torn apart is no text; bash would see bytes that no caller can send.
        return string.Concat(text.ToString().EnumerateRunes().Select(r => r.Value == 0xFFFD ? "?" : r.ToString()));
    }

    public string Word(int depth = 1)
    {
        var text = new StringBuilder();
        do
            text.Append(Piece(depth));
        while (Chance(30));
        return text.ToString();
    }

    private string List(int depth)
    {
        var text = AndOr(depth);
        while (_budget > 0 && Chance(30))
            text += Pick("; ", " ; ", " & ", ";", depth > 0 ? EndOfLine() : ";") + AndOr(depth);
        return text + (depth == 0 && Chance(10) ? Pick(";", " &", "&") : "");
    }

    private string AndOr(int depth)
    {
        var text = Pipeline(depth);
        while (_budget > 0 && Chance(25))
            text += Pick(" && ", " || ", "&&", " && \\\n ", " ||" + (_documents.Count == 0 ? "\n" : "")) + Pipeline(depth);
        return text;
    }

    private string Pipeline(int depth)
    {
        var text = Chance(5) ? Pick("! ", "time ", "time -p ") : "";
        text += Command(depth);
        while (_budget > 0 && Chance(20))
            text += Pick(" | ", "|", " |& ") + Command(depth);
        return text;
    }

    private string Command(int depth)
    {
        _budget--;
        if (depth > 3 || _budget < 0 || Chance(75))
            return Simple(depth);
        var d = depth + 1;
        var text = random.Next(14) switch
        {
            0 => $"{{ {List(d)}; }}",
            1 => $"( {List(d)} )",
            2 => $"({List(d)})",
            3 => $"if {List(d)}; then {List(d)}{(Chance(40) ? "; else " + List(d) : "")}; fi",
            4 => $"if {List(d)}{EndOfLine()}then {List(d)}; elif {List(d)}; then {List(d)}; fi",
            5 => $"for {Pick(Names)} in {Words(d)}; do {List(d)}; done",
            6 => $"while {List(d)}; do {List(d)}; done",
            7 => $"until {List(d)}; do {List(d)}; done",
            8 => $"case {Word(d)} in {Pick("", "(")}{Word(d)}{(Chance(40) ? " | " + Word(d) : "")}) {List(d)} {Pick(";;", ";&", ";;&")} *) {List(d)}{Pick(";;", "")} esac".Replace("& esac", "&;; esac", StringComparison.Ordinal),
            9 => $"[[ {Condition(d)} ]]",
            10 => $"(( {Arithmetic(d)} ))",
            11 => $"for (( {Arithmetic(d)}; {Arithmetic(d)}; {Arithmetic(d)} )); do {List(d)}; done",
            12 => $"{Pick("f() ", "function g ", "function h() ")}{{ {List(d)}; }}",
            _ => $"coproc {{ {List(d)}; }}",
        };
        return text + (Chance(20) ? " " + Redirect(d) : "");
    }

    private string Simple(int depth)
    {
        var text = new StringBuilder();
        while (Chance(12))
            text.Append(Assignment(depth)).Append(' ');
        if (text.Length == 0 || Chance(80))
            text.Append(Chance(85) ? Pick(Programs) : Word(depth));
        if (Chance(70))
            text.Append(' ').Append(Words(depth));
        while (Chance(18))
            text.Append(' ').Append(Redirect(depth));
        return text.ToString().TrimEnd(' ');
    }

    private string Words(int depth)
    {
        var text = Argument(depth);
        while (Chance(50))
            text += Pick(" ", " ", " ", "  ", "\t", " \\\n ") + Argument(depth);
        return text;
    }

    private string Argument(int depth) => Chance(50) ? Pick(Arguments) : Word(depth);

    private string Assignment(int depth) => random.Next(5) switch
    {
        0 => $"{Pick(Names)}+={Word(depth)}",
        1 => $"{Pick(Names)}=({string.Join(' ', Enumerable.Range(0, random.Next(3)).Select(_ => Pick("a", "'b c'", "*.txt", "$x", "\"$(ls)\"", "[0]=z", "{1..3}", "-x", "[ab]*")))})",
        2 => $"{Pick(Names)}[{random.Next(3)}]={Word(depth)}",
        _ => $"{Pick(Names)}={(Chance(80) ? Word(depth) : "")}",
    };

    private string Redirect(int depth)
    {
        if (Chance(20))
            return Document(depth);
        return Pick("> ", ">", ">> ", "< ", "2>", "&>", "&>> ", ">| ", "<> ", "3< ", "<<< ", "{fd}> ") + Word(depth) is var redirect && Chance(70)
            ? redirect
            : Pick("2>&1", ">&2", "2>&-", "<&3", ">/dev/null", "2>/dev/null", "&>/dev/null", "1>&2", "< <(" + Simple(9) + ")");
    }

    private string Document(int depth)
    {
        // Inside quotes, substitutions and compound commands on one line the text could not follow.
        if (depth > 0)
            return "<<< " + Word(9);
        var delimiter = Pick("EOF", "END_1", "X");
        var body = string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => Pick("text $x", "$(ls -l)", "it's \"q\"", "\tindented", "back\\\\slash \\$x `pwd`", "", "${x:-y}", "$((1+2))", "# no comment", "EOF2") + "\n"));
        var (op, written) = random.Next(4) switch
        {
            0 => ("<<-", delimiter),
            1 => ("<<", "'" + delimiter + "'"),
            2 => ("<< ", "\"" + delimiter + "\""),
            _ => ("<<", delimiter),
        };
        _documents.Add(body + delimiter + "\n");
        return op + written;
    }

    private string EndOfLine()
    {
        var text = (Chance(10) ? " # a comment ' \" (" : "") + "\n" + string.Concat(_documents);
        _documents.Clear();
        return text;
    }

    private string Piece(int depth)
    {
        var deep = depth > 3;
        return random.Next(deep ? 8 : 20) switch
        {
            0 => Pick(Arguments).Replace("#", "h", StringComparison.Ordinal),
            1 => "'" + Pick("a b", "it", "$x", "\"", "", "a;b|c", "\\") + "'",
            2 => "\\" + Pick(" ", "\\", "$", "'", "\"", "a", ";", "*", "é", "(", "}"),
            3 => "$" + Pick(Names),
            4 => Pick(Special),
            5 => "$'" + Pick("a\\n", "\\x41", "\\'", "\\u00e9", "\\t", "") + "'",
            6 => Pick("word", "x", "1", ".", "a/b", "-n"),
            7 => "${" + Pick(Names) + "}",
            8 or 9 => "\"" + Quoted(depth + 1) + "\"",
            10 => "$(" + Nested(depth) + ")",
            11 => "`echo " + Pick("a", "'b c'", "$x", "\\$x", "\\`pwd\\`") + "`",
            12 or 13 or 14 => Parameter(depth + 1, quoted: false),
            15 => "$((" + Arithmetic(depth + 1) + "))",
            16 => "<(" + Nested(depth) + ")",
            17 => "{" + Pick("a", "", "x,y") + "," + Pick("b", "c*", "1..2") + "}",
            18 => "$\"" + Pick("text", "a $x") + "\"",
            _ => Pick("*", "?", "[a-z]", "**/x", "[!a]"),
        };
    }

    private string Nested(int depth)
    {
        var outer = _documents.ToArray();
        _documents.Clear();
        var budget = _budget;
        _budget = 2;
        var text = Chance(90) ? List(depth + 2) : Pick("<file", "", " ", "ls # c\n");
        text += _documents.Count > 0 ? EndOfLine() : "";
        _budget = budget;
        _documents.AddRange(outer);
        return outer.Length > 0 && text.Contains('\n', StringComparison.Ordinal) ? "ls" : text.StartsWith('(') ? " " + text : text;
    }

    private string Quoted(int depth)
    {
        var text = new StringBuilder();
        for (var i = random.Next(4); i > 0; i--)
        {
            text.Append(random.Next(depth > 3 ? 4 : 8) switch
            {
                0 => Pick("a b", "it's", "#", ";", "*", "(x)", "~", "{a,b}", "\n", "!", "$"),
                1 => "\\" + Pick("\"", "$", "`", "\\", "n", "a"),
                2 => "$" + Pick(Names),
                3 => Pick(Special),
                4 => "$(" + Nested(depth) + ")",
                5 or 6 => Parameter(depth + 1, quoted: true),
                _ => "$((" + Arithmetic(depth + 1) + "))",
            });
        }

        return text.ToString();
    }

    private string Parameter(int depth, bool quoted)
    {
        var name = Pick("x", "foo_1", "1", "@", "HOME");
        var word = depth > 3 ? Pick("w", "$x", "") : quoted ? Quoted(depth + 1).Replace("{", "", StringComparison.Ordinal).Replace("\\n", "", StringComparison.Ordinal) : Word(depth + 1);
        if (!quoted)
            word = word.Replace("{", "(", StringComparison.Ordinal).Replace("$(", "${", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal) is var cleaned && cleaned.Contains('$', StringComparison.Ordinal) ? "w" : cleaned;
        return random.Next(14) switch
        {
            0 or 1 => $"${{{name}:-{word}}}",
            2 => $"${{{name}-{word}}}",
            3 => $"${{{name}:+{word}}}",
            4 => $"${{x:={word}}}",
            5 => $"${{{name}:?{Pick("missing", "")}}}",
            6 => $"${{{name}#{Pick("*/", "a", "\"$x\"", "'q'", "?")}}}",
            7 => $"${{{name}%%{Pick(".*", "/*", "$x", "\\}")}}}",
            8 => $"${{{name}/{Pick("a", "\\/", "*b", "$x")}/{Pick("b", "", "$HOME", "-")}}}",
            9 => $"${{{name}//{Pick("a", "[ab]", ".")}}}",
            10 => $"${{{name}:{Pick("1", " -1", "x+1", "1:2", "0:$x", "$((1)):1")}}}",
            11 => Pick("${#x}", "${#arr[@]}", "${!x}", "${!arr[@]}", "${arr[@]}", "${arr[*]}", "${arr[0]}", "${arr[$x]}", "${#}", "${!HO*}"),
            12 => $"${{x{Pick("^", "^^", ",", ",,")}}}",
            _ => $"${{x@{Pick("Q", "U", "a", "P")}}}",
        };
    }

    private string Arithmetic(int depth)
    {
        var text = Operand(depth);
        while (Chance(50))
            text += Pick("+", " - ", "*", " % ", " << ", " < ", "==", " && ", "|", ",", " = ") + Operand(depth);
        return text;
    }

    private string Operand(int depth) => random.Next(depth > 3 ? 4 : 7) switch
    {
        0 => "x",
        1 => "$x",
        2 => "1",
        3 => "i++",
        4 => "(" + Arithmetic(depth + 1) + ")",
        5 => "${x}",
        _ => "$(" + Nested(depth) + ")",
    };

    private string Condition(int depth)
    {
        var text = random.Next(9) switch
        {
            0 => "-f " + Word(9),
            1 => "-z $x",
            2 => Word(9) + " == " + Pick("a*", "\"$x\"", "[ab]", "*.txt"),
            3 => "$x =~ " + Pick("^a(b|c)+$", "[[:space:]]", "\\.txt$", "^(a b)$", "$re"),
            4 => "$x -eq " + Operand(9),
            5 => "! -d x",
            6 => "( -n $x )",
            7 => "a < b",
            _ => Word(9),
        };
        return depth < 4 && Chance(25) ? text + Pick(" && ", " || ") + Condition(depth + 1) : text;
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
