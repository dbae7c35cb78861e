using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;

namespace Guard.Policy;

/// <summary>Turns documents into a bundle: all of them or none.</summary>
public static class PolicyCompiler
{
    /// <summary>
    /// Reads, checks and compiles. All problems of all documents are reported in one run; with an error there is no bundle.
    /// No documents at all make a bundle of the floor alone, which allows nothing.
    /// </summary>
    public static CompileResult Compile(IReadOnlyList<PolicySource> sources, FloorSettings floor)
    {
        var diagnostics = new List<Diagnostic>();
        var policies = new Dictionary<string, PolicyCompiled>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var bag = new DiagnosticBag(source.Path);
            if (PolicyReader.Read(source, bag) is { } policy)
            {
                Add(policies, policy, bag);
            }

            diagnostics.AddRange(bag.All);
        }

        var ordered = diagnostics.OrderBy(d => d.File, StringComparer.Ordinal).ThenBy(d => d.Line).ThenBy(d => d.Column).ToImmutableArray();
        if (ordered.Any(d => d.Severity == Severity.Error))
        {
            return new CompileResult { Diagnostics = ordered };
        }

        var compiled = policies.Values.OrderBy(p => p.Name, StringComparer.Ordinal).ToImmutableArray();
        return new CompileResult { Bundle = new PolicyBundle(Hash(compiled, floor), compiled, FloorCompiler.Compile(floor)), Diagnostics = ordered };
    }

    private static void Add(Dictionary<string, PolicyCompiled> policies, PolicyCompiled policy, DiagnosticBag diagnostics)
    {
        if (policies.TryAdd(policy.Name, policy))
        {
            return;
        }

        var other = policies[policy.Name].Definition;
        if (other.Digest == policy.Definition.Digest)
        {
            diagnostics.Warning(DiagnosticCodes.SameRuleTwice, new Mark(1, 1),
                $"the policy `{policy.Name}` stands in `{Shown.Text(other.Path)}` already, with the same content", "remove one of the two files");
            return;
        }

        diagnostics.Error(DiagnosticCodes.DuplicatePolicy, new Mark(1, 1),
            $"the policy name `{policy.Name}` is taken by `{Shown.Text(other.Path)}`", "give each policy a name of its own");
    }

    private static string Hash(IEnumerable<PolicyCompiled> policies, FloorSettings floor)
    {
        IEnumerable<string> parts =
        [
            .. policies.Select(p => p.Name + "=" + p.Definition.Digest),
            "floor=" + FloorCompiler.DocumentDigest,
            .. floor.ProtectedPaths.Order(StringComparer.Ordinal).Select(p => "protected=" + p),
            .. floor.LiftedPaths.Order(StringComparer.Ordinal).Select(p => "lifted=" + p),
            .. floor.GatewayAuthorities.Order(StringComparer.Ordinal).Select(p => "authority=" + p),
        ];
        return "sha256:" + CanonicalForm.Digest(string.Join('\n', parts));
    }
}
