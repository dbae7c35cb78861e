using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Lint;

/// <summary>Comparisons over files that the name of the workspace's folder can trip.</summary>
internal static class PathTextCheck
{
    public static IEnumerable<LintFinding> Run(LintContext context)
    {
        foreach (var (policy, rule) in context.Rules.Where(r => r.Rule.IsGenerous && r.Rule.Resource is not null))
        {
            var action = new[] { "read:file", "write:file" }.FirstOrDefault(a => rule.IsForAction(a, subtree: false));
            foreach (var text in action is null ? [] : rule.Definition.Resource!.Contains.Where(t => t.All(c => char.IsLetterOrDigit(c) || c is '-' or '_')))
            {
                if (Trips(policy, rule, action!, text, out var example))
                {
                    yield return context.Finding(DiagnosticCodes.LintWorkspaceName, policy, rule, text,
                        $"`contains: {Shown.Text(text, 64)}` looks at the whole path, so a project in a folder of that name is hit file by file", example, $"use `matches: \"./**/*{text}*\"` and what else is meant");
                }
            }
        }
    }

    private static bool Trips(PolicyCompiled policy, RuleCompiled rule, string action, string text, out string example)
    {
        var folder = $"/home/dev/{text}-app";
        var access = new RequestedAccess { Action = action, Resource = folder + "/readme", Real = folder + "/readme" };
        var request = Witness.Request(access, policy.Definition) with { Workspace = new WorkspaceFact { Folder = new FolderSpelling(folder, folder) } };
        example = Witness.Show(access);
        return RuleTrial.Of(policy, rule, AccessView.From(access, 0, PathAnchors.From(request)), request, explain: false).Matched;
    }
}
