using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Guard.Policy.Tests.Compilation;

/// <summary>Everything reachable from a bundle is immutable, so that decisions of many threads can share it.</summary>
public sealed class BundleImmutabilityTests
{
    // Immutable by their own documentation.
    private static readonly Type[] Trusted = [typeof(string), typeof(Regex), typeof(TimeZoneInfo), typeof(TimeSpan), typeof(DateTimeOffset), typeof(Int128), typeof(Type)];

    [Fact]
    public void Bundle_EveryReachableType_HasOnlyReadOnlyFieldsOfImmutableTypes()
    {
        var pending = new Queue<Type>([typeof(PolicyBundle)]);
        var seen = new HashSet<Type>();
        var problems = new List<string>();
        while (pending.TryDequeue(out var type))
        {
            if (!seen.Add(type) || type.IsPrimitive || type.IsEnum || Trusted.Contains(type))
            {
                continue;
            }

            if (type.IsGenericType && (type.GetGenericTypeDefinition() is var generic)
                && (generic == typeof(ImmutableArray<>) || generic == typeof(ImmutableHashSet<>) || generic == typeof(FrozenDictionary<,>) || generic == typeof(FrozenSet<>) || generic == typeof(IReadOnlyList<>) || generic == typeof(IReadOnlyDictionary<,>) || generic == typeof(KeyValuePair<,>) || generic == typeof(Nullable<>) || generic.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)))
            {
                Array.ForEach(type.GetGenericArguments(), pending.Enqueue);
                continue;
            }

            // Functions of expressions are code: none of them holds anything.
            if (type == typeof(Guard.Policy.Cel.CelImplementation))
            {
                continue;
            }

            if (type.Assembly != typeof(PolicyBundle).Assembly)
            {
                problems.Add($"{type} is not known to be immutable");
                continue;
            }

            foreach (var derived in type.Assembly.GetTypes().Where(t => t != type && type.IsAssignableFrom(t)))
            {
                pending.Enqueue(derived);
            }

            for (var t = type; t is not null && t != typeof(object); t = t.BaseType)
            {
                foreach (var field in t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (!field.IsInitOnly)
                    {
                        problems.Add($"{t.Name}.{field.Name} can be written");
                    }

                    pending.Enqueue(field.FieldType);
                }
            }
        }

        problems.Should().BeEmpty();
        seen.Count.Should().BeGreaterThan(25);
    }

    [Fact]
    public void Policies_OfABundle_CannotBeChangedThroughTheirInterface() =>
        Requests.Bundle("""{ name: p, rules: [ { effect: deny, actions: ["*"] } ] }""").Policies.Should().BeOfType<ImmutableArray<PolicyDefinition>>();

    [Fact]
    public void Hash_OfABundle_DependsOnContentAndNotOnLayoutOrOrder()
    {
        const string First = "name: a\nrules:\n  - effect: deny\n    actions: ['*']\n";
        const string FirstAgain = "# the same\nrules: [ { actions: [\"*\"], effect: deny } ]\nname: a\n";
        const string Second = "name: b\nrules: [ { effect: allow, actions: ['*'] } ]\n";

        Requests.Bundle(First, Second).Hash.Should().Be(Requests.Bundle(Second, FirstAgain).Hash);
        Requests.Bundle(First, Second).Hash.Should().NotBe(Requests.Bundle(First).Hash);
        Requests.Bundle(new FloorSettings { LiftedPaths = ["/x"] }, First).Hash.Should().NotBe(Requests.Bundle(First).Hash);
    }
}
