using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>An expression, parsed and checked once. Immutable; any number of threads may evaluate it.</summary>
internal sealed class CelProgram
{
    /// <summary>UTF-16 units.</summary>
    public const int MaxLength = 8192;

    private readonly CelNode _root;
    private readonly int _slots;

    private CelProgram(CelNode root, int slots, CelType type, ImmutableHashSet<string> reads) => (_root, _slots, Type, Reads) = (root, slots, type, reads);

    public CelType Type { get; }

    /// <summary>What it is where it says true or false and nothing else. Null: it depends.</summary>
    public bool? Constant => ((_root as CelConstant)?.Value as CelBool)?.Value;

    /// <summary>The variables that it names, with <c>variable.member</c> where it selects one by name and <c>variable.*</c> where it does not.</summary>
    public ImmutableHashSet<string> Reads { get; }

    /// <summary>Null where the expression cannot be read. One with other problems is made, and gives an error where they lie.</summary>
    public static CelProgram? Compile(string text, CelEnvironment environment, out ImmutableArray<CelProblem> problems)
    {
        if (text.Length > MaxLength)
        {
            problems = [new CelProblem(CelProblemKind.TooComplex, 0, $"the expression has {text.Length} characters, the limit is {MaxLength}", "split it into several rules")];
            return null;
        }

        if (CelParser.Parse(text, out var problem) is not { } syntax)
        {
            problems = [problem!];
            return null;
        }

        var checker = new CelChecker(environment);
        var (node, type) = checker.Check(syntax);
        problems = [.. checker.Problems.OrderBy(p => p.Offset)];
        return new CelProgram(node, checker.Slots, type, checker.Reads);
    }

    /// <summary>The value, or an error; never throws, never takes more than the limits allow.</summary>
    /// <param name="values">In the order of the environment; null: the variable has no value.</param>
    /// <param name="mode">How texts are compared.</param>
    /// <param name="limits">What it may cost.</param>
    public CelValue Evaluate(IReadOnlyList<CelValue?> values, CelTextMode mode, CelLimits limits)
    {
        var run = new CelRun(values, _slots, mode, limits);
        var value = _root.Evaluate(run);
        return run.Exhausted?.At(0) ?? value;
    }
}
