using System.Text;
using Guard.Shell.Syntax;
using Guard.Shell.Tests.Bash;
using Xunit.Abstractions;

namespace Guard.Shell.Tests.Syntax;

/// <summary>Any text at all: the reader answers, and its work stays within a fixed multiple of the length.</summary>
public sealed class ShellParserFuzzTests(ITestOutputHelper output)
{
    /// <summary>Steps allowed per character, and a constant for short texts.</summary>
    private const int StepsPerCharacter = 40;

    private const int BaseSteps = 200;

    private static readonly string[] Tokens =
    [
        "'", "\"", "`", "$", "(", ")", "{", "}", "[[", "]]", "((", "))", "$((", "$(", "${", "<(", ">(", ";", ";;", ";&", "&", "&&", "|", "||", "|&", "<", ">", ">>", "<<", "<<-",
        "<<<", ">&", "<&", "&>", "\n", "\\", "\\\n", "#", "!", " ", "\t", "\r", "a", "x=", "a=(", "[0]=", "in", "do", "done", "then", "fi", "if", "while", "for", "case", "esac",
        "function", "coproc", "time", "select", "EOF", "é", "\u00a0", "😀", "\ud800", "\0", "*", "?", "[", "]", "~", "@", "-", "1", ":", "=", "%", "/", "^", ",", "$'", "\\x41",
    ];

    [Fact]
    public void Parse_RandomText_NeverThrowsAndStaysLinear()
    {
        var random = new Random(LongRuns.Seed + 3);
        var generator = new LineGenerator(random);
        var worst = 0.0;
        var parsed = 0;
        var count = LongRuns.Count(40_000, 10_000_000);
        for (var i = 0; i < count; i++)
        {
            var text = (i % 3) switch
            {
                0 => RandomTokens(random, random.Next(1, 60)),
                1 => generator.Mutate(generator.Line(), generator.Line()),
                _ => RandomCharacters(random, random.Next(1, 80)),
            };
            worst = Math.Max(worst, Check(text, ref parsed));
        }

        output.WriteLine($"{count} texts, {parsed} parsed, at most {worst:0.0} steps per character");
    }

    /// <summary>Each shape repeated to the length limit: what is quadratic shows here.</summary>
    [Theory]
    [InlineData("a ")]
    [InlineData("((")]
    [InlineData("( ")]
    [InlineData("$(")]
    [InlineData("$((")]
    [InlineData("${x:-")]
    [InlineData("`")]
    [InlineData("\\`")]
    [InlineData("\"$(")]
    [InlineData("{ ")]
    [InlineData("if ")]
    [InlineData("a=(")]
    [InlineData("a[")]
    [InlineData("<<E ")]
    [InlineData("<<E\n")]
    [InlineData("1111111111")]
    [InlineData("{aaaaaaaaa")]
    [InlineData("a=([aaaaaaa ")]
    [InlineData("! ")]
    [InlineData("time ")]
    [InlineData("a && ")]
    [InlineData("a | ")]
    [InlineData("[[ ( ")]
    [InlineData("[[ ! ")]
    [InlineData("\\\n")]
    [InlineData("# ")]
    [InlineData("'")]
    [InlineData("$'\\x41")]
    [InlineData("case a in a) ")]
    [InlineData("f() ")]
    [InlineData("coproc a ")]
    [InlineData("x+=1 ")]
    [InlineData(">a ")]
    [InlineData("{fd}>a ")]
    [InlineData("[[ a =~ (")]
    [InlineData("a;")]
    public void Parse_RepeatedShape_StaysLinear(string unit)
    {
        var parsed = 0;
        var text = new StringBuilder().Insert(0, unit, 65_536 / unit.Length).ToString();
        output.WriteLine($"{Check(text, ref parsed):0.0} steps per character");
        Check("cat <<E\n" + text[..60_000], ref parsed);
        Check("echo \"" + text[..60_000], ref parsed);
    }

    private static double Check(string text, ref int parsed)
    {
        var result = ShellParser.Parse(text);
        (result.Script is null).Should().Be(result.Refusal is not null);
        if (result.Script is not null)
        {
            parsed++;
            SyntaxPrinter.Print(result.Script).Should().NotBeNull();
        }
        else
        {
            result.Refusal!.Position.Should().BeInRange(0, text.Length);
            result.Refusal.Message.Should().NotContainAny("\n", "\u001b");
        }

        result.Steps.Should().BeLessThanOrEqualTo(BaseSteps + (StepsPerCharacter * (long)text.Length));
        return (double)result.Steps / (text.Length + 10);
    }

    private static string RandomTokens(Random random, int count)
    {
        var text = new StringBuilder();
        for (; count > 0; count--)
            text.Append(Tokens[random.Next(Tokens.Length)]);
        return text.ToString();
    }

    private static string RandomCharacters(Random random, int count)
    {
        var text = new StringBuilder();
        for (; count > 0; count--)
            text.Append((char)(random.Next(20) == 0 ? random.Next(0x10000) : random.Next(1, 128)));
        return text.ToString();
    }
}
