using Guard.Policy.Cel;

namespace Guard.Policy.Compilation;

/// <summary>A rule's <c>when</c>, checked. Immutable.</summary>
internal sealed class WhenTest(CelProgram program)
{
    private readonly CelProgram _program = program;

    public CelProgram Program => _program;

    /// <summary>Whether the outcome can differ between spellings of the resource.</summary>
    public bool ReadsResource => _program.Reads.Contains("resource");

    /// <summary>A bool, or an error.</summary>
    public CelValue Evaluate(IReadOnlyList<CelValue?> values, bool generous)
    {
        var value = _program.Evaluate(values, generous ? CelTextMode.Generous : CelTextMode.Exact, CelLimits.Default);
        return value switch
        {
            CelBool or CelError => value,
            CelAbsent => CelBool.False,
            _ => new CelError($"the expression gave {CelKinds.Name(value.Kind)}, not a bool", 0),
        };
    }
}
