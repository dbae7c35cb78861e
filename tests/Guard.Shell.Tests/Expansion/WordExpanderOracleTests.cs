using Guard.Shell.Expansion;
using Guard.Shell.Tests.Bash;
using Xunit.Abstractions;

namespace Guard.Shell.Tests.Expansion;

/// <summary>Random words: our fields are bash's, or say that they are not known.</summary>
public sealed class WordExpanderOracleTests(ITestOutputHelper output) : IDisposable
{
    private readonly ExpansionOracle _oracle = new();

    /// <summary>Spellings that random words seldom meet, and that were once taken for something else.</summary>
    [Fact]
    public void Expand_WrittenWords_GivesWhatBashGives()
    {
        string[] words =
        [
            "\"${plain:+${unset[@]}}\"", "\"${plain:+${unset[@]}}${plain:+$@}\"", "a\"${plain:+${unset[@]}}\"", "\"${plain:+x${unset[@]}}\"", "\"${unset:-\"${unset[@]}\"}\"", "\"${unset-$@}\"",
            "\"${plain+\"$\"plain}\"", "\"${plain+\"$\"(echo hi)}\"", "\"${plain+$plain\"y\"}\"", "\"${unset-\"$plain\"y}\"", "\"${plain+\"\\*\"}\"", "\"${plain+\"x{a,b}\"}\"", "\"${plain+\"\\${a,b}\"}\"", "\"${plain+\"$plain\"/y\"z\"}\"", "\"${plain+\"\\$\"plain}\"", "\"${plain+\"\\\\\"$plain}\"",
            "**src//*", "s*//*", "s*//", "../w*//*.txt", "src//*", "./*//../*", "src/*//", "s*/'/'*",
            "x=${unset:-~}", "x=~$(((7)))x=~", "x=~-x${tilde-x=~/a:~/b${empty:=filled}}", "x=a=~", "x=a=~/b:~", "x=${unset:-~/a b}", "x=${unset:-a:~}", "x=a:${unset:-~}", "x+=${plain:+~:~}", "-o=${unset:-~}", "{x=,y=}${unset:-~}", "x=\"${unset:-~}\"",
            "~:$n", "~:$n/x", "~:\"$n\"", "${plain+~:$n}", "c${plain+~:$((n++))}$n", "~:${unset:=new}$unset", "~+:$n", "${plain+~/$n}", "\"${plain+~:$n}\"", "~:a", "x=~:$n",
            "\"$((plain?n:n))${plain:+${arr[@]}}\"", "\"$((plain?n:n))${plain:-${arr[@]:-x}}\"", "\"$((plain?n:n))${plain:+${unset[@]}}\"",
            "$blank$", "${blank}a$", "$blank$\\{", "$blank$/y", "$blank$/$n", "$blank$\"\"}", "$blank\"a$\"", "$blank\"$\"", "$star$", "${plain+$blank$}", "{$blank,b}$", "${arr[@]}$", "\"$blank\"$", "\"${arr[*]//e/x}${arr[@]}\"", "\"${arr[*]}${arr[@]}\"", "\"${arr[@]}${arr[*]#e}\"",
        ];
        var lines = words.Select(w => "show " + w).ToList();
        var bash = _oracle.Bash(lines);

        for (var i = 0; i < lines.Count; i++)
        {
            var ours = _oracle.Ours(lines[i]);
            (ours is null || ExpansionOracle.Allows(ours.Value, bash[i])).Should().BeTrue("of {0} we make {1} and bash {2}", lines[i], ours is null ? null : string.Join(" | ", ours), bash[i] is { } fields ? string.Join(" | ", fields) : "an error");
        }
    }

    [Fact]
    public void Expand_RandomWords_GivesWhatBashGives()
    {
        var generator = new WordGenerator(new Random(LongRuns.Seed + 4));
        var lines = Enumerable.Range(0, LongRuns.Count(4_000, 100_000)).Select(i => "show " + generator.Word() + (i % 3 == 0 ? " " + generator.Word() : "")).ToList();
        var parsed = lines.Select(l => (Line: l, Ours: _oracle.Ours(l))).Where(p => p.Ours is not null).ToList();
        var bash = _oracle.Bash([.. parsed.Select(p => p.Line)]);

        var known = parsed.Count(p => p.Ours!.Value.All(f => f is ExpandedField.Known));
        var wrong = Enumerable.Range(0, parsed.Count).Where(i => !ExpansionOracle.Allows(parsed[i].Ours!.Value, bash[i])).ToList();
        output.WriteLine($"{lines.Count} lines, {parsed.Count} parsed, {known} wholly known ({100.0 * known / parsed.Count:0.0} %), {wrong.Count} wrong");
        foreach (var i in wrong.OrderBy(i => parsed[i].Line.Length).Take(40))
            output.WriteLine($"WRONG: {parsed[i].Line}\n   ours: {string.Join(" | ", parsed[i].Ours!.Value)}\n   bash: {(bash[i] is { } fields ? string.Join(" | ", fields) : "error")}");
        wrong.Should().BeEmpty();
        known.Should().BeGreaterThan(parsed.Count / 3);
        CompareWithLessKnown(parsed.ConvertAll(p => p.Line), bash);
    }

    /// <summary>The same words where some variables are not known: what is said of them must still allow what bash made, and must still say something.</summary>
    private void CompareWithLessKnown(List<string> lines, IReadOnlyList<IReadOnlyList<string>?> bash)
    {
        var random = new Random(LongRuns.Seed + 6);
        var (known, wrong) = (0, new List<string>());
        for (var i = 0; i < lines.Count; i++)
        {
            var hidden = ExpansionOracle.Names.Where(_ => random.Next(3) == 0).ToList();
            var inherited = random.Next(2) == 0;
            var ours = _oracle.Ours(lines[i], _oracle.Without(hidden, inherited))!.Value;
            known += ours.All(f => f is ExpandedField.Known) ? 1 : 0;
            if (!ExpansionOracle.Allows(ours, bash[i]))
                wrong.Add($"{lines[i]}\n   not known{(inherited ? ", inherited" : "")}: {string.Join(' ', hidden)}\n   ours: {string.Join(" | ", ours)}\n   bash: {(bash[i] is { } fields ? string.Join(" | ", fields) : "error")}");
        }

        output.WriteLine($"{lines.Count} lines with less known, {known} wholly known, {wrong.Count} wrong");
        foreach (var line in wrong.OrderBy(w => w.Length).Take(40))
            output.WriteLine("WRONG: " + line);
        wrong.Should().BeEmpty();
        known.Should().BeGreaterThan(lines.Count / 5);
    }

    [Fact]
    public void ExpandValue_RandomWords_GivesWhatBashAssigns()
    {
        var generator = new WordGenerator(new Random(LongRuns.Seed + 5));
        var words = Enumerable.Range(0, LongRuns.Count(2_000, 50_000)).Select(_ => generator.Word()).Where(w => !w.StartsWith('[')).ToList();
        var parsed = words.Select(w => (Word: w, Ours: _oracle.OurValue(w))).Where(p => p.Ours is not null).ToList();
        var bash = _oracle.Bash([.. parsed.Select(p => $"v={p.Word}; show \"$v\"")]);

        var known = parsed.Count(p => p.Ours is ExpandedField.Known);
        var wrong = Enumerable.Range(0, parsed.Count).Where(i => !ExpansionOracle.Allows([parsed[i].Ours!], bash[i])).ToList();
        output.WriteLine($"{parsed.Count} values, {known} known, {wrong.Count} wrong");
        foreach (var i in wrong.OrderBy(i => parsed[i].Word.Length).Take(40))
            output.WriteLine($"WRONG: {parsed[i].Word}\n   ours: {parsed[i].Ours}\n   bash: {(bash[i] is { } fields ? string.Join(" | ", fields) : "error")}");
        wrong.Should().BeEmpty();
        known.Should().BeGreaterThan(parsed.Count / 2);
    }

    public void Dispose() => _oracle.Dispose();
}
