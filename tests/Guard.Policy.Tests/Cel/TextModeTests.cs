using FsCheck;
using FsCheck.Fluent;
using Guard.Policy.Cel;

namespace Guard.Policy.Tests.Cel;

/// <summary>Polarity inside expressions: allow is exact, deny is generous, and it flips under a negation.</summary>
public sealed class TextModeTests
{
    private static readonly Gen<string> Test =
        from subject in Gen.Elements("a", "b", "m.x")
        from test in Gen.Elements(".contains('rm')", ".startsWith('RM')", ".endsWith('é')", ".matches('^rm')", " == 'Rm'", " != 'rm'", " in ['rm', 'É']", ".contains('e')")
        select subject + test;

    private static readonly Gen<string> Expression = Build(3);

    private static readonly Gen<string> Text =
        from parts in Gen.Elements("rm", "RM", "Rm", "é", "É", "e\u0301", "E\u0301", " ", "-rf", "e").NonEmptyListOf().Resize(4)
        select string.Concat(parts);

    [Theory]
    [InlineData("s.contains('RM -RF')", false, true)]
    [InlineData("!s.contains('RM -RF')", false, true)]
    [InlineData("!!s.contains('RM -RF')", false, true)]
    [InlineData("s == 'SUDO RM -RF É'", false, true)]
    [InlineData("s != 'SUDO RM -RF É'", false, true)]
    [InlineData("s in ['SUDO RM -RF É']", false, true)]
    [InlineData("['SUDO RM -RF É'].exists(x, x == s)", false, true)]
    [InlineData("s.endsWith('e\u0301')", false, true)]
    [InlineData("s.matches('RM')", false, true)]
    [InlineData("s.matches('rm')", false, true)]
    [InlineData("s.matches('sudo rm -rf .')", true, true)]
    [InlineData("s.contains('rm')", true, true)]
    [InlineData("s == 'x'", false, false)]
    [InlineData("size([s].filter(x, x.contains('RM'))) == 0", true, true)]
    public void Texts_InAllowAndDeny_CompareByPolarity(string expression, bool allow, bool deny)
    {
        var variable = ("s", (CelValue)new CelString("sudo rm -rf é"));

        CelValues.Evaluate(expression, true, CelTextMode.Exact, CelLimits.Default, variable).Should().Be(CelBool.Of(allow));
        CelValues.Evaluate(expression, true, CelTextMode.Generous, CelLimits.Default, variable).Should().Be(CelBool.Of(deny));
    }

    [Fact]
    public void Deny_OfAnyExpression_MatchesWhereTheStandardOrAnAllowWould() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(TestRuns.Times(2000)), Prop.ForAll(
        (from e in Expression from a in Text from b in Text from x in Text select (e, a, b, x)).ToArbitrary(),
        c =>
        {
            var map = CelMap.Of([new(new CelString("x"), new CelString(c.x))]);
            (string, CelValue)[] variables = [("a", new CelString(c.a)), ("b", new CelString(c.b)), ("m", map)];
            var exact = CelValues.Evaluate(c.e, true, CelTextMode.Exact, CelLimits.Default, variables);
            var standard = CelValues.Evaluate(c.e, true, CelTextMode.Standard, CelLimits.Default, variables);
            var generous = CelValues.Evaluate(c.e, true, CelTextMode.Generous, CelLimits.Default, variables);
            return generous == CelBool.True || (standard == CelBool.False && exact == CelBool.False);
        }));

    private static Gen<string> Build(int depth) => depth == 0
        ? Test
        : Gen.OneOf(
            Test,
            from e in Build(depth - 1) select $"!({e})",
            from e in Build(depth - 1) from f in Build(depth - 1) select $"({e} && {f})",
            from e in Build(depth - 1) from f in Build(depth - 1) select $"({e} || {f})",
            from e in Build(depth - 1) select $"[a, b].exists(a, {e})",
            from e in Build(depth - 1) select $"[a, b].all(b, {e})");
}
