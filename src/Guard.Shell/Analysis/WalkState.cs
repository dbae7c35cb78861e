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
            return ReferenceEquals(shell, Shell) ? this : this with { Shell = shell };
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

        return this with { Shell = shell, Functions = functions, Doubtful = doubtful, Locals = Locals.Union(other.Locals) };
    }

    /// <summary>The same knowledge, as far as a loop must see whether another round would change it.</summary>
    public bool Agrees(WalkState other) =>
        string.Equals(Shell.WorkingDirectory, other.Shell.WorkingDirectory, StringComparison.Ordinal)
        && Shell.DefaultOptions == other.Shell.DefaultOptions
        && Shell.Positionals.HasValue == other.Shell.Positionals.HasValue
        && Shell.Variables.Count == other.Shell.Variables.Count
        && Shell.Variables.All(v => other.Shell.Variables.TryGetValue(v.Key, out var value) && Equals(value, v.Value))
        && Functions.Count == other.Functions.Count
        && Functions.All(f => other.Functions.TryGetValue(f.Key, out var bodies) && bodies.Length == f.Value.Length);
}

/// <summary>Where the walk goes on after a command, by its exit status.</summary>
internal sealed record Flow(WalkState Success, WalkState Failure)
{
    public static Flow Both(WalkState state) => new(state, state);

    public WalkState Either => Success.Join(Failure);
}
