using Guard.Policy.Diagnostics;

namespace Guard.Policy.Lint;

/// <summary>Commands that are allowed where nothing is said about the files they touch.</summary>
internal static class CoverageCheck
{
    public static IEnumerable<LintFinding> Run(LintContext context)
    {
        var rules = context.Rules.ToList();
        if (rules.Exists(r => r.Policy.Tools is not null || r.Rule.IsForAction("read:file", subtree: false) || r.Rule.IsForAction("write:file", subtree: false)))
        {
            yield break;
        }

        if (rules.Find(r => !r.Rule.IsGenerous && r.Rule.IsForAction("execute:shell", subtree: false)) is { Rule: not null } allow)
        {
            yield return context.Finding(DiagnosticCodes.LintNoFileRules, allow.Policy, allow.Rule, null,
                "it allows commands, and no policy says which files they may read and write", "read:file /home/dev/.ssh/id_ed25519", "apply a policy for files beside it");
        }
    }
}
