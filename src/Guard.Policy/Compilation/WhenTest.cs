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
    public CelValue Evaluate(IReadOnlyList<CelValue?> values, bool generous) => Evaluate(values, generous ? CelTextMode.Generous : CelTextMode.Exact);

    /// <summary>True as the language's definition says, without generosity and without an error.</summary>
    public bool IsPlainlyTrue(IReadOnlyList<CelValue?> values) => Evaluate(values, CelTextMode.Standard) == CelBool.True;

    private CelValue Evaluate(IReadOnlyList<CelValue?> values, CelTextMode mode)
    {
        var value = _program.Evaluate(values, mode, CelLimits.Default);
        return value switch
        {
            CelBool or CelError => value,
            CelAbsent => CelBool.False,
            _ => new CelError($"the expression gave {CelKinds.Name(value.Kind)}, not a bool", 0),
        };
    }
}
