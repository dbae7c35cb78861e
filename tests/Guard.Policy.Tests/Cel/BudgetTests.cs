using FsCheck;
using FsCheck.Fluent;
using Guard.Policy.Cel;

namespace Guard.Policy.Tests.Cel;

/// <summary>What an expression may cost is bounded, and running out cannot be absorbed.</summary>
public sealed class BudgetTests
{
    private static readonly CelValue Thousand = new CelList([.. Enumerable.Range(0, 1000).Select(i => (CelValue)new CelInt(i))]);
    private static readonly CelValue Long = new CelString(new string('a', 500_000));

    [Theory]
    [InlineData("l.all(a, l.all(b, l.all(c, a + b + c >= 0)))", "steps")]
    [InlineData("true || l.all(a, l.all(b, l.all(c, true)))", null)]
    [InlineData("l.all(a, l.all(b, l.all(c, true))) || true", "steps")]
    [InlineData("!(l.all(a, l.all(b, l.all(c, true))) && false)", "steps")]
    [InlineData("l.exists(a, l.exists(b, l.exists(c, false)) || true)", "steps")]
    [InlineData("l.all(a, s.contains('b') == false)", "steps")]
    [InlineData("l.exists(a, s == s + 'b')", "characters and elements")]
    [InlineData("l.all(a, s.contains(s))", "steps")]
    [InlineData("l.all(a, s.matches('(a|b)*c') == false)", "steps")]
    [InlineData("l.all(a, l == l)", "steps")]
    [InlineData("s + s + s", "characters and elements")]
    [InlineData("size(l.map(a, l.map(b, l)))", "steps")]
    [InlineData("size(bytes(s) + bytes(s) + bytes(s))", "characters and elements")]
    [InlineData("l.map(a, s.lowerAscii())", "characters and elements")]
    [InlineData("l.map(a, string(a))", null)]
    public void Evaluation_BeyondItsBudget_IsAnErrorThatNothingAbsorbs(string expression, string? error)
    {
        var value = CelValues.Evaluate(expression, check: true, ("l", Thousand), ("s", Long));

        if (error is null)
        {
            value.Should().NotBeOfType<CelError>();
        }
        else
        {
            value.Should().BeOfType<CelError>().Which.Message.Should().Contain(error);
        }
    }

    [Fact]
    public void Evaluation_WithFewerSteps_GivesTheSameValueOrRunsOut()
    {
        string[] expressions =
            ["l.exists(x, x == 20)", "l.filter(x, x % 7 == 3).map(x, x * 2)", "s.contains('ab') || l.all(x, x < 999)", "l.map(x, string(x)).exists(t, t.startsWith('99'))", "m.a.b + 1 > 1 ? 'x' + 'y' : 'z'"];
        var map = CelMap.Of([new(new CelString("a"), CelMap.Of([new(new CelString("b"), new CelInt(1))]))]);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(TestRuns.Times(300)), Prop.ForAll(
            (from e in Gen.Elements(expressions) from steps in Gen.Choose(0, 9000) from size in Gen.Choose(0, 3000) select (e, steps, size)).ToArbitrary(),
            c =>
            {
                (string, CelValue)[] variables = [("l", Thousand), ("s", new CelString("xab")), ("m", map)];
                var full = CelValues.Evaluate(c.e, true, variables);
                var bounded = CelValues.Evaluate(c.e, true, CelTextMode.Standard, new CelLimits(c.steps, c.size), variables);
                return bounded is CelError { Message: var message } ? message.Contains("more than", StringComparison.Ordinal) : CelValues.Show(bounded) == CelValues.Show(full);
            }));
    }

    [Theory]
    [InlineData("(", ")", "nested deeper")]
    [InlineData("[", "]", "nested deeper")]
    [InlineData("{1:", "}", "nested deeper")]
    [InlineData("f(", ")", "nested deeper")]
    [InlineData("!", "", "nested deeper")]
    [InlineData("true?1:", "", "nested deeper")]
    public void Expression_NestedTooDeep_IsRefused(string open, string close, string message)
    {
        var text = string.Concat(Enumerable.Repeat(open, 1000)) + "true" + string.Concat(Enumerable.Repeat(close, 1000));

        CelProgram.Compile(text, new CelEnvironment([]), out var problems).Should().BeNull();

        problems.Should().ContainSingle().Which.Message.Should().Contain(message);
    }

    [Theory]
    [InlineData(" + 1", "nested deeper")]
    [InlineData("[0]", "nested deeper")]
    [InlineData(".a", "nested deeper")]
    [InlineData(" || x", null)]
    public void Expression_WithManyInARow_IsRefusedWhereItWouldBeDeep(string part, string? message)
    {
        var text = "x" + string.Concat(Enumerable.Repeat(part, 1000));

        var program = CelProgram.Compile(text, new CelEnvironment([new CelDeclaration("x", CelType.Dyn)]), out var problems);

        (program is null).Should().Be(message is not null);
        problems.Select(p => p.Message).Should().Match(m => message == null ? !m.Any() : m.Single().Contains(message));
    }

    [Fact]
    public void Expression_TooLong_IsRefused()
    {
        CelProgram.Compile(new string(' ', CelProgram.MaxLength) + "1", new CelEnvironment([]), out var problems).Should().BeNull();

        problems.Should().ContainSingle().Which.Kind.Should().Be(CelProblemKind.TooComplex);
    }

    [Fact]
    public void Map_WithManyKeys_FindsEach()
    {
        var map = (CelMap)CelMap.Of([.. Enumerable.Range(0, 5000).Select(i => new KeyValuePair<CelValue, CelValue>(new CelInt(i - 2500), new CelInt(i)))]);

        Enumerable.Range(0, 5000).Should().OnlyContain(i => ((CelInt)map.Find(new CelDouble(i - 2500))!).Value == i);
        map.Find(new CelInt(2500)).Should().BeNull();
    }
}
