using System.Text;

namespace Guard.Shell.Tests.Expansion;

/// <summary>Random words over the variables and files of <see cref="ExpansionOracle"/>. They run nothing but builtins that print.</summary>
internal sealed class WordGenerator(Random random)
{
    private static readonly string[] Names = ["plain", "blank", "empty", "star", "path", "padded", "n", "unset", "HOME", "arr", "back", "tilde", "m"];
    private static readonly string[] Patterns = ["*", "?", "*.txt", "s*", ".*", "[a-c]*", "[!a]*", "*/", "src/*", "*/*.cs", "a?", "no*such", "[[:upper:]]*", "*[0-9]", "**", "[", "a]", "[]", "[z-a]", "./*", "../*", "src//*", "*/.", "[a/b]*", "{a,b}*", "ü*"];

    public string Word(int depth = 0)
    {
        var text = new StringBuilder();
        do
            text.Append(Piece(depth));
        while (random.Next(100) < 45);
        return text.ToString();
    }

    private string Piece(int depth) => random.Next(depth > 2 ? 9 : 24) switch
    {
        0 => Pick("a", "b1", "-x", "x=", ".", "/", "a:b", "=", ",", "}", "é", "%", "@", "+", "^", ":", "..", "]"),
        1 => Pick("~", "~/x", "x=~", "x=~/a:~/b", "a:~", "~+", "-o=~", "{~,b}/c"),
        2 => Pick(Patterns),
        3 => "'" + Pick("a b", "*", "", "$x", "~", "{a,b}", "\\", "[") + "'",
        4 => "\\" + Pick("*", " ", "~", "{", "a", "$", "\\", "?", "["),
        5 => "$" + Pick(Names),
        6 => "${" + Pick(Names) + "}",
        7 => "$'" + Pick("a\\tb", "\\x41", "*", "\\u00e9") + "'",
        8 => Pick("{a,b}", "{1..3}", "{a,b{c,d}}", "{,x}", "{x}", "{}", "{a..e..2}", "{3..1}", "{01..3}", "{a,b", "a,b}", "{{a,b}", "{a}b,c}", "{-1..1}", "{a,'b c'}", "{x,$n}", "{a..}", "{$n,b}z", "$plain{1,2}"),
        9 or 10 => "\"" + Quoted(depth + 1) + "\"",
        11 or 12 or 13 => Parameter(depth + 1, quoted: false),
        14 or 15 => Operation(quoted: false),
        16 => "$((" + Arithmetic(0) + "))",
        17 => Pick("${arr[0]}", "${arr[1]}", "${arr[@]}", "${arr[*]}", "${#arr[@]}", "${arr[n-6]}", "${arr[9]}", "${plain[0]}", "${#arr}", "${arr[-1]}", "${!arr[@]}", "${unset[@]}"),
        18 => Pick("$(echo a b)", "`echo x`", "$1", "$@", "$#", "$?", "$$"),
        19 => Pick("${unset:=new}", "${empty:=filled}", "${m:=x y}") + Pick("", "$unset", "$empty", "$m"),
        20 => OfList(quoted: false),
        21 => Pick("\\\n", "$\"a b\"", "$\"$plain\"", "$\"\"", "$'a\\'b'", "$'\\\\'", "$", "a$", "''", "\"\"", "#", "a#b", "!", "$(printf '%s ' \"$plain\")", "`echo \\$n`", "$(echo '*')", "\"$(echo \"a  b\")\""),
        _ => Pick("src", "a.txt", "lib/", "B", "c c"[..1]),
    };

    private string Quoted(int depth)
    {
        var text = new StringBuilder();
        for (var i = random.Next(4); i > 0; i--)
        {
            text.Append(random.Next(7) switch
            {
                0 => Pick("a b", "*", "~", "{a,b}", " ", "'", "src/*", "é"),
                1 => "\\" + Pick("\"", "$", "`", "\\", "a", "*"),
                2 => "$" + Pick(Names),
                3 => depth > 2 ? OfList(quoted: true) : Parameter(depth + 1, quoted: true),
                4 => Operation(quoted: true),
                5 => "$((" + Arithmetic(0) + "))",
                _ => Pick("${arr[@]}", "${arr[*]}", "${arr[1]}", "$@", "${#plain}", "${unset[@]}", "${unset}"),
            });
        }

        return text.ToString();
    }

    private string Parameter(int depth, bool quoted)
    {
        var word = quoted ? QuotedOperand(depth + 1) : Word(depth + 1);
        return "${" + Pick(Names) + Pick(":-", "-", ":+", "+") + word + "}";
    }

    // Quotes in an operand that stands in quotes itself: bash takes them out before it reads what is left.
    private string QuotedOperand(int depth)
    {
        var text = Quoted(depth);
        for (var i = random.Next(depth > 3 ? 1 : 4); i > 0; i--)
        {
            text += random.Next(4) switch
            {
                0 => "\"" + Quoted(depth + 1) + "\"",
                1 => Pick("$", "\"$\"", "\"a$\"", "\"\"", "x", " ", "_b", "(echo q)", "plain", "\\\\", "\"\\\\\""),
                2 => "$" + Pick(Names),
                _ => "\"" + Pick("y", "a b", "1", "_", "\\$", "/", "", "\\${a,b}") + "\"",
            };
        }

        return text;
    }

    // Operations on the elements of an array and on the positional parameters, of which there are none.
    private string OfList(bool quoted) => "${" + Pick("arr[@]", "arr[*]", "@", "*", "unset[@]", "arr[$n-6]", "arr[${n}-7]", "arr[\"1\"]", "plain[@]", "arr[m+3]") + random.Next(8) switch
    {
        0 => Pick("#", "##", "%", "%%") + Pick("e", "*", "?", "\"e\"", "$n", quoted ? "e" : "'e'", "[0-9]"),
        1 => Pick("/", "//", "/#", "/%") + Pick("e", "\"*\"", "?", "1", "\\*", "[e0]") + "/" + Pick("x", "", "\"a b\"", "$plain", "$blank", "${n}"),
        2 => ":" + Pick("0", "1", "1:2", "2:1", " -1", "n-6", "$n-6:1", "${n}-7", "0:0", "9", "$((1)):1"),
        3 => Pick("^", "^^", ",", ",,"),
        4 => "@" + Pick("U", "u", "L", "Q"),
        5 => Pick(":-", "-", ":+", "+") + Pick("x", "a b", "\"a b\"", "$blank", "\"$blank\"", ""),
        _ => "",
    } + "}";

    private string Operation(bool quoted) => "${" + Pick(Names) + random.Next(9) switch
    {
        0 => Pick("#", "##", "%", "%%") + Pick("*", "?", "a*", "*/", "/*", ".*", "\\*", "[a-z]", "$n", "*b", quoted ? "x" : "'*'", "\" \"", "\"${n}\"*", "*\"a\"", "${plain}", "${plain%?}*", "\"*\"", "[\"a\"-z]", "a$", "'a'*"),
        1 => "/" + Pick("a", "?", "*", "[a-z]", " ", "b*", "$n") + "/" + Pick("X", "", "$n", quoted ? "Y" : "'y z'", "a&b", "~", "\"y z\"", "\"$blank\"", "${unset:-q}", "\\&", "\"&\"", "'", "$blank", "${plain#p}"),
        2 => "//" + Pick("a", "?", "[ab]", " ", "/", "\\/", "l*n").Replace("/", "x", StringComparison.Ordinal) + "/" + Pick("-", "", "$n"),
        3 => "/#" + Pick("a", "p", "*") + "/" + Pick("X", ""),
        4 => "/%" + Pick("a", "n", "t", "*") + "/" + Pick("X", ""),
        5 => ":" + Pick("1", "0", " -2", "2:3", "0:-1", "n", "1:n", "9", "(1)", " -9", "1:0", "n-6:1", "${n}-6", "$n", "$((1+1))", "${#empty}:2", "\"1\"", "n-7?2:1", "${unset:-1}"),
        6 => Pick("^", "^^", ",", ",,"),
        7 => "@" + Pick("U", "L", "u", "Q"),
        _ => "",
    } + "}";

    private string Arithmetic(int depth)
    {
        var text = random.Next(depth > 2 ? 3 : 9) switch
        {
            0 => Pick("0", "1", "2", "10", "077", "0x1F", "9223372036854775807", "08", "2#101", "3a"),
            1 => Pick("n", "$n", "${n}", "unset", "m", "plain", "empty"),
            2 => "7",
            3 => "(" + Arithmetic(depth + 1) + ")",
            4 => Pick("-", "!", "~", "+", "- -", "++", "--") + Arithmetic(depth + 1),
            5 => Pick("n++", "++n", "n--", "--m", "n=3", "n+=2", "m=n=4", "n*=2", "n<<=1"),
            6 => Arithmetic(depth + 1) + "?" + Arithmetic(depth + 1) + ":" + Arithmetic(depth + 1),
            _ => Arithmetic(depth + 1) + Pick("+", " - ", "*", "/", "%", "**", "<<", ">>", "<", ">=", "==", "!=", "&", "|", "^", "&&", "||", ",") + Arithmetic(depth + 1),
        };
        return text;
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
