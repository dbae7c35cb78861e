using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>Computes a call. Never throws; what goes wrong is a <see cref="CelError"/>. Null: not for values of these kinds.</summary>
internal delegate CelValue? CelImplementation(CelRun run, ReadOnlySpan<CelValue> arguments);

/// <summary>One list of parameters that a function takes.</summary>
internal sealed record CelOverload(ImmutableArray<CelType> Parameters, CelType Result);

/// <summary>A function, method or operator.</summary>
/// <param name="Name">As written; operators as <c>_+_</c>.</param>
/// <param name="IsMethod">Called on its first argument.</param>
/// <param name="Invoke">Gets neither errors nor absent values.</param>
/// <param name="Overloads">For checking.</param>
internal sealed record CelFunction(string Name, bool IsMethod, CelImplementation Invoke, ImmutableArray<CelOverload> Overloads)
{
    /// <summary>What was wrong where <see cref="Invoke"/> gives null.</summary>
    public CelError NoOverload(ReadOnlySpan<CelValue> arguments)
    {
        var kinds = new List<string>();
        foreach (var argument in arguments)
        {
            kinds.Add(CelKinds.Name(argument.Kind));
        }

        return new CelError($"`{Shown(Name)}` cannot be applied to {string.Join(" and ", kinds)}");
    }

    /// <summary>An operator without the marks for its operands.</summary>
    public static string Shown(string name) => name switch
    {
        "_[_]" => "[]",
        "-_" or "!_" => name[..1],
        _ => name.StartsWith('_') && name.EndsWith('_') && name.Length > 2 ? name[1..^1] : name,
    };
}
