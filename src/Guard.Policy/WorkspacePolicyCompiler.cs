using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;

namespace Guard.Policy;

/// <summary>Adds a workspace's own policy to those in force. It can only add denials, asks and approvals.</summary>
public static class WorkspacePolicyCompiler
{
    /// <summary>In front of its name, so that it is never taken for a policy of the organisation, whose names hold no colon.</summary>
    public const string NamePrefix = "workspace:";

    /// <summary>
    /// INVARIANT (a workspace only tightens): what it says is heard where it makes an outcome stronger and nowhere else, and a
    /// document that says it would loosen something is refused.
    /// </summary>
    /// <param name="bundle">The policies in force.</param>
    /// <param name="source">Untrusted.</param>
    public static CompileResult Compile(PolicyBundle bundle, PolicySource source)
    {
        var diagnostics = new DiagnosticBag(source.Path);
        var policy = PolicyReader.Read(source, diagnostics);
        if (policy is not null)
        {
            Check(policy, diagnostics);
        }

        var ordered = diagnostics.All.OrderBy(d => d.Line).ThenBy(d => d.Column).ToImmutableArray();
        if (policy is null || diagnostics.HasErrors)
        {
            return new CompileResult { Diagnostics = ordered };
        }

        var own = policy with { Definition = policy.Definition with { Name = NamePrefix + policy.Name }, OnlyTightens = true };
        var hash = "sha256:" + CanonicalForm.Digest($"{bundle.Hash}\n{NamePrefix}{policy.Definition.Digest}");
        return new CompileResult { Bundle = new PolicyBundle(hash, bundle.Compiled.Add(own), bundle.Floor), Diagnostics = ordered };
    }

    private static void Check(PolicyCompiled compiled, DiagnosticBag diagnostics)
    {
        var policy = compiled.Definition;

        // Entries of the tools dialect allow what their conditions leave over; that is not heard.
        foreach (var rule in policy.Rules.Where(r => compiled.Tools is null && r.Effect == Effect.Allow))
        {
            Refuse($"rule `{Shown.Text(rule.Id, 64)}` allows something", "remove it; what is allowed is for the organisation's policies to say");
        }

        if (policy.DefaultEffect == Effect.Allow)
        {
            Refuse("`defaultEffect: allow` allows something", "remove it");
        }

        if (policy.Audit is not null)
        {
            Refuse("`audit` is about the organisation's record", "remove it");
        }

        void Refuse(string what, string remedy) =>
            diagnostics.Error(DiagnosticCodes.WorkspaceLoosens, new Mark(1, 1), $"a workspace's policy can only deny, ask and want approvals, and {what}", remedy);
    }
}
