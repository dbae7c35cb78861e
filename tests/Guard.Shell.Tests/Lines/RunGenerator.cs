namespace Guard.Shell.Tests.Lines;

/// <summary>
/// Random lines from bash's grammar over commands that may be run: they touch only the files of <see cref="TracedBash"/> and end soon.
/// The same seed gives the same lines.
/// </summary>
internal sealed class RunGenerator(Random random)
{
    private int _budget;
    private int _loops;
    private string _documents = "";

    public string Line()
    {
        _budget = random.Next(2, 8);
        _loops = 0;
        _documents = "";
        var text = Chance(35) ? Pick("x=a.txt; ", "x=b y=pkg; ", "arr=(a.txt b.txt); ", "set -- a.txt pkg/c.txt; ", "f() { cat \"$1\"; }; ", "x=a.txt\n", "export x=b.txt; ") : "";
        return text + List(0) + (_documents.Length > 0 ? "\n" + _documents : "");
    }

    private string List(int depth)
    {
        var text = AndOr(depth);
        while (_budget > 0 && Chance(40))
            text += Pick("; ", " ; ", _documents.Length > 0 ? "; " : "\n", ";", " & ") + AndOr(depth);
        return text;
    }

    private string AndOr(int depth)
    {
        var text = Pipeline(depth);
        while (_budget > 0 && Chance(25))
            text += Pick(" && ", " || ", "&&", " && ") + Pipeline(depth);
        return text;
    }

    private string Pipeline(int depth)
    {
        var text = Chance(4) ? Pick("! ", "time ") : "";
        text += Command(depth);
        while (_budget > 0 && Chance(20))
            text += Pick(" | ", "|", " |& ") + (Chance(60) ? Filter() : Command(depth));
        return text;
    }

    private string Command(int depth)
    {
        _budget--;
        if (depth > 2 || _budget < 0 || Chance(65))
            return Simple(depth);
        var d = depth + 1;
        var text = random.Next(18) switch
        {
            0 or 1 => $"{{ {List(d)}\n}}",
            2 or 3 => $"({List(d)}\n)",
            4 => $"if {Test()}; then {List(d)}\nfi",
            5 => $"if {Simple(d)}; then {List(d)}\nelse {List(d)}\nfi",
            6 or 7 => $"for v in {Words()}; do {Body("\"$v\"", d)}\ndone",
            8 => $"for v in {{1..2}} 'a b'; do {List(d)}\ndone",
            9 => $"for ((k{d} = 0; k{d} < 2; k{d}++)); do {Body($"f$k{d}.txt", d)}\ndone",
            10 => $"while read -r l; do {Body("\"$l\"", d)}\ndone < list.txt",
            11 => $"n{_loops}=0; while [ $n{_loops} -lt 2 ]; do n{_loops}=$((n{_loops++} + 1)); {List(d)}\ndone",
            12 => $"case {Word()} in {Pick("*.txt", "a*", "$x", "a.txt | b.txt")}) {List(d)}\n{Pick(";;", ";&", ";;&")} *) {List(d)}\n;; esac",
            13 => $"[[ {Pick("-f " + Word(), "-n $x", "$x == a*", "! -e new1", "a < b")} ]] && {Simple(d)}",
            14 => $"g() {{ {List(d)}\n}}; g {Words()}",
            15 => $"(( {Pick("1 < 2", "i++", "i = 3", "i > 9")} )) || {Simple(d)}",
            16 => $"until {Pick("true", "test -d .")}; do {List(d)}\ndone",
            _ => $"{{ {List(d)}\n}} {Redirect()}",
        };
        return text + (Chance(15) ? " " + Redirect() : "");
    }

    private string Body(string word, int depth) => Chance(60) ? Pick("cat ", "wc -l < ", "head -n1 ", "touch new1; test -e ") + word : List(depth);

    private string Simple(int depth)
    {
        var text = random.Next(42) switch
        {
            0 or 1 or 2 => "cat " + Words(),
            3 => "head -n 1 " + Words(),
            4 => "grep -c a " + Words(),
            5 => "sort " + Word(),
            6 => "wc -l " + Words(),
            7 => $"cp {Word()} {New()}",
            8 => $"mv {Word()} {New()}",
            9 => "rm -f " + New(),
            10 => "touch " + New(),
            11 => "mkdir -p d" + random.Next(3),
            12 => $"tee {New()} < {File()}",
            13 => "sed -n 1p " + Word(),
            14 => "sed -i s/a/b/ " + File(),
            15 => $"awk '{{ print > \"{New()}\" }}' {Word()}",
            16 or 17 => $"echo {Words()} > {New()}",
            18 => "echo hi >> " + File(),
            19 => $"{Pick("x", "y")}={Word()}",
            20 => $"arr=({Words()}); cat \"${{arr[@]}}\"",
            21 => "cd " + Pick("pkg", "..", ".", "\"$PWD\"", "pkg/..", "nowhere", "./pkg"),
            22 => "ls " + Pick("", "-la", "pkg", "*.txt"),
            23 => $"find . -name '{Pick("*.txt", "c*", ".env")}' -exec {Pick("wc -c {} +", "cat {} \\;", "grep -l a {} \\;")}",
            24 => $"echo {File()} | xargs {Pick("cat", "-n 1 wc -l", "-I{} cat {}")}",
            25 => $"{Pick("tar cf new.tar", "tar czf new.tgz")} pkg",
            26 => $"dd if={File()} of={New()} status=none",
            27 => $"ln -s {File()} {New()}",
            28 => "grep -rn a pkg",
            29 => "diff " + Word() + " " + Word(),
            30 => Chance(50) ? $"test -f {Word()}" : $"[ -f {Word()} ]",
            31 => $"eval 'cat {File()}'",
            32 => $"bash -c 'cat {File()}; echo x > {New()}'",
            33 => $"{Pick("env A=1 ", "nice ", "timeout 5 ", "command ", "stdbuf -oL ")}cat {Word()}",
            34 => $"bash <<< 'cat {File()}'",
            35 => $"cat <({Pick("cat ", "sort ", "head -1 ")}{File()})",
            36 => $"read -r x < {File()}",
            37 => Document(depth),
            38 => "f " + Words(),
            39 => $"printf '%s\\n' {Words()}",
            40 => Pick("let i=1+2", "((i += 2))", "i=$((i + 1))", "unset x", "export x", "shift", "wait", "true", "false", ":"),
            _ => $"x={Word()} cat {Word()}",
        };
        return text + (Chance(15) ? " " + Redirect() : "");
    }

    private string Filter() => Pick("sort", "uniq", "wc -l", "head -n 2", "tail -1", "cut -c1-3", "tr a b", "grep a", "sed s/a/b/", "cat", "awk '{ print $1 }'", "tee new2", "cat > new1", "while read -r l; do echo \"$l\"; done");

    private string Document(int depth)
    {
        if (depth > 0 || _documents.Length > 0)
            return "cat <<< " + Word();
        _documents = Pick("text $x\n", "$(cat a.txt)\n", "it's `echo b`\n", "") + "E\n";
        return "cat " + Pick("<<E", "<<'E'", "<< \"E\"") + Pick("", " > " + New());
    }

    private string Redirect() => Pick("> " + New(), ">> " + New(), "2> " + New(), "2>/dev/null", "> /dev/null 2>&1", "< " + File(), "&> " + New(), "3< " + File(), "<<< text", ">| " + New(), "2>&1");

    private string Test() => Pick("[ -f a.txt ]", "test -d pkg", "[[ -e b.txt ]]", "grep -q a a.txt", "true", "[ \"$x\" = a.txt ]", "! false", "(( 2 > 1 ))");

    private string Words()
    {
        var text = Word();
        while (Chance(30))
            text += " " + Word();
        return text;
    }

    private string Word() => Chance(45)
        ? File()
        : Pick(
            "*.txt", "{a,b}.txt", ".en?", "$x", "\"$x\"", "${x:-b.txt}", "\"${y:-a.txt}\"", "$PWD/a.txt", "./pkg/../a.txt", "$(echo a.txt)", "`echo b.txt`", "~/f.txt", "\"$HOME/f.txt\"", "$(ls *.txt)",
            "\"$(ls | head -1)\"", "${x%.txt}.txt", "${x/a/b}", "'pkg/d e.txt'", "pkg/d\\ e.txt", "$'a.\\x74xt'", "\"a.\"txt", "[ab].txt", "a.t?t", "pkg/*", "\"${arr[0]}\"", "${arr[@]}", "$1", "\"$@\"", "a$((1 - 1)).txt",
            "${x##*/}", "\"$(cat a.txt | head -1)\"", "${#x}", "$((i + 1))", "<(cat a.txt)", "${x^^}", "nowhere.txt", "$v");

    private string File() => Pick("a.txt", "b.txt", ".env", "pkg/c.txt", "a.txt", "b.txt");

    private string New() => Pick("new", "pkg/new") + random.Next(3);

    private bool Chance(int percent) => random.Next(100) < percent;

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
