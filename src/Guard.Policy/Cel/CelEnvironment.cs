using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>A variable that expressions can name.</summary>
/// <param name="Name">May be dotted: the longest name that fits wins over selecting a member.</param>
/// <param name="Type">What is known of it.</param>
/// <param name="Members">The only members that it has, or null where any may be there.</param>
internal sealed record CelDeclaration(string Name, CelType Type, ImmutableDictionary<string, CelType>? Members = null);

/// <summary>The variables that an expression can name; values come in the same order.</summary>
internal sealed record CelEnvironment(ImmutableArray<CelDeclaration> Variables)
{
    public int IndexOf(string name)
    {
        for (var i = 0; i < Variables.Length; i++)
        {
            if (Variables[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
