using System.Runtime.InteropServices;

namespace Guard.Policy.Cel;

/// <summary>How texts are compared. The standard's way, or polarity: see docs/policies.md.</summary>
internal enum CelTextMode
{
    /// <summary>As the language's definition says.</summary>
    Standard,

    /// <summary>Allow: exactly, and <c>matches</c> must match the whole text.</summary>
    Exact,

    /// <summary>Deny, approve, ask: case and Unicode form do not count, <c>matches</c> searches.</summary>
    Generous,
}

/// <summary>What an evaluation may cost. Beyond it the outcome is an error.</summary>
/// <param name="Steps">One per node that is evaluated, and one per 32 characters that are compared.</param>
/// <param name="Size">Characters, bytes and elements that are created.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CelLimits(int Steps, int Size)
{
    /// <summary>A few milliseconds and a few megabytes.</summary>
    public static readonly CelLimits Default = new(100_000, 1_000_000);
}

/// <summary>One evaluation: variables, what is left of the budget, how texts are compared. Used by one thread.</summary>
internal sealed class CelRun(IReadOnlyList<CelValue?> variables, int slots, CelTextMode mode, CelLimits limits)
{
    private readonly CelValue[] _slots = slots == 0 ? [] : new CelValue[slots];
    private int _steps = limits.Steps;
    private int _size = limits.Size;

    /// <summary>Changed while something negated is evaluated.</summary>
    public CelTextMode Mode { get; set; } = mode;

    /// <summary>Set once the budget is used up. No operator absorbs it: the whole evaluation fails.</summary>
    public CelError? Exhausted { get; private set; }

    public CelValue? Variable(int index) => variables[index];

    public CelValue Slot(int index) => _slots[index];

    public void SetSlot(int index, CelValue value) => _slots[index] = value;

    /// <summary>False once the budget is used up.</summary>
    public bool Step(int cost = 1)
    {
        if (Exhausted is null && (cost < 0 || cost > _steps))
        {
            Exhausted = new CelError($"the expression takes more than {limits.Steps} steps here");
        }

        _steps -= Exhausted is null ? cost : 0;
        return Exhausted is null;
    }

    /// <summary>Counts what looking through a text costs, against another one where it is searched for.</summary>
    public bool Scan(int length, int sought = 0)
    {
        var cost = (1 + (length / 32L)) * (1 + (sought / 32L));
        return Step((int)Math.Min(cost, int.MaxValue));
    }

    /// <summary>False once the budget is used up.</summary>
    public bool Create(long size)
    {
        if (Exhausted is null && size > _size)
        {
            Exhausted = new CelError($"the expression makes more than {limits.Size} characters and elements here");
        }

        _size -= Exhausted is null ? (int)size : 0;
        return Exhausted is null;
    }
}
