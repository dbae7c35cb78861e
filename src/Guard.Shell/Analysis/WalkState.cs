using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>What is known at one point of the walk.</summary>
internal sealed record WalkState(ShellState Shell)
{
    /// <summary>For each name the functions it may mean here. A name that may also not be a function is in <see cref="Doubtful"/> too.</summary>
    public ImmutableDictionary<string, ImmutableArray<FunctionDefinition>> Functions { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<FunctionDefinition>>(StringComparer.Ordinal);

    public ImmutableHashSet<string> Doubtful { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Names that the function which runs has declared for itself: what they held before comes back when it returns.</summary>
    public ImmutableHashSet<string> Locals { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Names that functions which called the one that runs have declared for themselves, or got for the call.</summary>
    public ImmutableHashSet<string> Covered { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Every function that is defined from here on is handed on to shells that the line starts (<c>set -a</c>).</summary>
    public bool ExportsAll { get; init; }

    public ShellInput Input { get; init; } = ShellInput.Inherited.Instance;

    public bool OutputIsPiped { get; init; }

    /// <summary>The shell has left: nothing flows on from here.</summary>
    public bool Dead { get; init; }

    public WalkState Join(WalkState other)
    {
        if (Dead || ReferenceEquals(this, other))
            return other;
        if (other.Dead)
            return this;
        var shell = Shell.Join(other.Shell);
        if (ReferenceEquals(Functions, other.Functions) && ReferenceEquals(Doubtful, other.Doubtful))
            return ReferenceEquals(shell, Shell) && SharesRest(other) ? this : WithRest(other) with { Shell = shell };
        var functions = Functions;
        var doubtful = Doubtful.Union(other.Doubtful);
        foreach (var name in Functions.Keys.Union(other.Functions.Keys, StringComparer.Ordinal))
        {
            var here = Functions.GetValueOrDefault(name, []);
            var there = other.Functions.GetValueOrDefault(name, []);
            functions = functions.SetItem(name, [.. here.Union(there)]);
            if (here.IsEmpty || there.IsEmpty)
                doubtful = doubtful.Add(name);
        }

        return WithRest(other) with { Shell = shell, Functions = functions, Doubtful = doubtful };
    }

    private bool SharesRest(WalkState other) =>
        ReferenceEquals(Locals, other.Locals) && ReferenceEquals(Covered, other.Covered) && ReferenceEquals(Input, other.Input) && ExportsAll == other.ExportsAll;

    private WalkState WithRest(WalkState other) => this with
    {
        Locals = Locals.Union(other.Locals),
        Covered = Covered.Union(other.Covered),
        Input = ReferenceEquals(Input, other.Input) ? Input : ShellInput.Other.Instance,
        ExportsAll = ExportsAll || other.ExportsAll,
    };

    /// <summary>The same knowledge, as far as a loop must see whether another round would change it.</summary>
    public bool Agrees(WalkState other) =>
        string.Equals(Shell.WorkingDirectory, other.Shell.WorkingDirectory, StringComparison.Ordinal)
        && Shell.DefaultOptions == other.Shell.DefaultOptions
        && Shell.Positionals.HasValue == other.Shell.Positionals.HasValue
        && Shell.Variables.Count == other.Shell.Variables.Count
        && Shell.Variables.All(v => other.Shell.Variables.TryGetValue(v.Key, out var value) && Equals(value, v.Value))
        && Shell.InheritsRest == other.Shell.InheritsRest
        && Shell.Attributed.Count == other.Shell.Attributed.Count
        && Shell.Integers.Count == other.Shell.Integers.Count
        && ExportsAll == other.ExportsAll
        && Locals.Count == other.Locals.Count
        && Covered.Count == other.Covered.Count
        && Equals(Input, other.Input)
        && Doubtful.Count == other.Doubtful.Count
        && Functions.Count == other.Functions.Count
        && Functions.All(f => other.Functions.TryGetValue(f.Key, out var bodies) && bodies.Length == f.Value.Length);
}

/// <summary>Where the walk goes on after a command, by its exit status.</summary>
internal sealed record Flow(WalkState Success, WalkState Failure)
{
    public static Flow Both(WalkState state) => new(state, state);

    public WalkState Either => Success.Join(Failure);
}
