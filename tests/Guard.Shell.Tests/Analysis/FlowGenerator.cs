using System.Globalization;

namespace Guard.Shell.Tests.Analysis;

/// <summary>Random lines whose programs do not exist (<c>ok*</c> succeed, <c>no*</c> fail), so that running them shows nothing but the shell's own work.</summary>
internal sealed class FlowGenerator(Random random)
{
    private int _budget;

    public string Line()
    {
        _budget = random.Next(4, 22);
        return List(0);
    }

    private string List(int depth)
    {
        var text = Item(depth);
        while (_budget > 0 && random.Next(100) < 60)
            text += Pick("; ", "\n", " && ", " || ") + Item(depth);
        return text;
    }

    private string Item(int depth)
    {
        _budget--;
        if (depth > 3 || _budget < 0 || random.Next(100) < 62)
            return Simple(depth);
        var d = depth + 1;
        return random.Next(17) switch
        {
            0 => $"{{ {List(d)}; }}",
            1 => $"( {List(d)} )",
            2 => $"if {List(d)}; then {List(d)}; else {List(d)}; fi",
            3 => $"if {List(d)}; then {List(d)}; fi",
            4 => $"for {Name()} in {Words()}; do {List(d)}; done",
            5 => $"while {Pick("no w", "no \"$a\"", "false")}; do {List(d)}; done",
            6 => $"until {Pick("ok u", "true")}; do {List(d)}; done",
            7 => $"case {Word()} in {Pick("x", "a*", "d1", "$a")}) {List(d)} {Pick(";;", ";&", ";;&")} {Pick("*", "y", "x|y")}) {List(d)};; esac",
            8 or 9 => $"f{random.Next(2)}() {{ {List(d)}; }}",
            10 => $"! {Simple(d)}",
            11 => $"{Simple(d)} | {{ {List(d)}; }}",
            12 => $"{Simple(d)} | {Simple(d)}",
            13 => $"for a in 1 2 3; do {List(d)}; {Pick("break", "continue", "ok && break", "no || continue")}; {List(d)}; done",
            14 => $"[[ {Word()} == {Pick("x", "d*", "$b")} ]] && {Simple(d)}",
            15 => $"for ((i{d}=0; i{d}<{random.Next(3)}; i{d}++)); do {List(d)}; done",
            _ => string.Format(CultureInfo.InvariantCulture, Pick("(( {0} ))", "let \"{0}\"", "x=$(( {0} ))"), Pick("n = 1", "n += 2", "n > 1", "m = n * 2", "n++", "m = n > 1 ? 3 : 4", "n && (m = 2)")),
        };
    }

    private string Simple(int depth) => random.Next(21) switch
    {
        0 or 1 => "cd " + Pick("d1", "d1/d2", "..", "d3", "nowhere", "\"$a\"", "-", "", "/", "./d1", "../d3"),
        2 or 3 or 4 => Name() + Pick("=", "=", "+=") + Word(),
        5 => "export " + Name() + "=" + Word(),
        6 => "unset " + Name(),
        7 => "arr=(" + Words() + "); ok \"${arr[@]}\"",
        8 or 9 => "f" + random.Next(2) + " " + Words(),
        10 => "eval '" + Pick("ok e $a", "a=E; ok", "cd d1", "b=$a", "ok \"") + "'",
        11 => Pick("return", "exit", "exit 1", "return 1", "true", "false", ":"),
        12 => "set -- " + Words() + "; ok \"$@\" $1 $#",
        13 => "shift; ok \"$@\"",
        14 => Name() + "=" + Word() + " " + Pick("ok", "f0", "no") + " $a",
        15 when depth < 3 => "ok $(" + List(depth + 2) + ")",
        16 => "read a b <<< '" + Pick("r s", "d1") + "'; ok $a",
        17 => "ok ${" + Name() + Pick(":=", ":-", ":+", "%", "#") + Pick("x", "d1", "*") + "}",
        _ => Pick("ok", "ok1", "no", "$c", "ok") + " " + Words(),
    };

    private string Words()
    {
        var text = Word();
        while (random.Next(100) < 40)
            text += " " + Word();
        return text;
    }

    private string Word() => Pick("x", "y", "d1", "$a", "\"$b\"", "${c}z", "*", "d*", "~", "{p,q}", "$n", "$((n+1))", "'q r'", "$(pwd)", "$(echo x)", "$1", "\"$@\"", "\"$PWD\"", "-n", "$m", "$i1", "$((i2 * 2))", "${#a}");

    private string Name() => Pick("a", "b", "c", "n");

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
