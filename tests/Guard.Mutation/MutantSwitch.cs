using System.Reflection;

namespace Guard.Mutation;

/// <summary>What Stryker put into the assembly it changed: every change stands in it, and this says which one is on.</summary>
internal sealed class MutantSwitch
{
    private const int None = -1;

    private readonly FieldInfo _active;
    private readonly FieldInfo _captures;
    private readonly MethodInfo _reset;
    private readonly MethodInfo _covered;

    /// <exception cref="InvalidOperationException">The assembly was not changed by a Stryker that this knows.</exception>
    public MutantSwitch(Assembly changed)
    {
        var control = changed.GetTypes().FirstOrDefault(static t => t.Name == "MutantControl") ?? throw Unknown(changed);
        _active = control.GetField("ActiveMutant") ?? throw Unknown(changed);
        _captures = control.GetField("CaptureCoverage") ?? throw Unknown(changed);
        _reset = control.GetMethod("ResetCoverage") ?? throw Unknown(changed);
        _covered = control.GetMethod("GetCoverageData") ?? throw Unknown(changed);
        Active = null;
    }

    /// <summary>Null: the code is as it was written.</summary>
    public int? Active
    {
        set => _active.SetValue(null, value ?? None);
    }

    /// <summary>Which changes are met while something runs, and which of them while a type is initialised.</summary>
    public (IReadOnlyList<int> Met, IReadOnlyList<int> OnlyOnce) Covered(Action runs)
    {
        _reset.Invoke(null, null);
        _captures.SetValue(null, true);
        runs();
        _captures.SetValue(null, false);
        return _covered.Invoke(null, null) is IList<int>[] and [var met, var once] ? ([.. met], [.. once]) : throw new InvalidOperationException("Stryker's coverage has another form than this reads.");
    }

    private static InvalidOperationException Unknown(Assembly changed) => new($"{changed.Location} holds no changes of Stryker, or those of a version that this does not know.");
}
