using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Lint;

/// <summary>Comparisons over the text of commands that are wider or narrower than they read.</summary>
internal static class CommandTextCheck
{
    private const string Action = "execute:shell";

    // Harmless commands whose text holds what denials often look for.
    private static readonly ImmutableArray<string> Harmless =
        ["npm run async x", "rsync a b", "git log --format x", "cat function x", "ls terminal x", "make install x", "echo discussion x", "npm run sync x", "cat descp x", "ls washssh x", "ls evalx eval y"];

    private static readonly Regex FlagCluster = new(@"^(?<program>[\w.-]+) -(?<flags>[A-Za-z]{2,6})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    public static IEnumerable<LintFinding> Run(LintContext context) =>
        context.Rules.Where(r => r.Rule.Resource is not null && r.Rule.IsForAction(Action, subtree: false))
            .SelectMany(r => r.Rule.IsGenerous ? Denials(context, r.Policy, r.Rule) : Allows(context, r.Policy, r.Rule));

    private static IEnumerable<LintFinding> Allows(LintContext context, PolicyCompiled policy, RuleCompiled rule)
    {
        foreach (var text in rule.Definition.Resource!.StartsWith.Where(t => char.IsLetterOrDigit(t[^1])))
        {
            var example = Witness.Access(Action, text + "x --anything")!;
            if (Witness.Matches(policy, rule, example))
            {
                yield return context.Finding(DiagnosticCodes.LintWiderAllow, policy, rule, text, $"`startsWith: \"{Shown.Text(text, 64)}\"` also allows programs and words that only begin so",
                    Witness.Show(example), $"end it with a blank: \"{Shown.Text(text, 64)} \"") with
                { Replacement = new LintReplacement(text, text + " ") };
            }
        }
    }

    private static IEnumerable<LintFinding> Denials(LintContext context, PolicyCompiled policy, RuleCompiled rule)
    {
        foreach (var text in rule.Definition.Resource!.Contains)
        {
            var match = FlagCluster.Match(text);
            if (match.Success)
            {
                var (program, flags) = (match.Groups["program"].Value, match.Groups["flags"].Value);
                var turned = Witness.Access(Action, $"{program} -{new string(flags.Reverse().ToArray())} x")!;
                if (!Witness.Matches(policy, rule, turned) && !context.Rules.Any(o => o.Rule.IsGenerous && Witness.Matches(o.Policy, o.Rule, turned)))
                {
                    yield return context.Finding(DiagnosticCodes.LintNarrowerDeny, policy, rule, text, $"`contains: \"{Shown.Text(text, 64)}\"` misses the same options in another order or apart",
                        Witness.Show(turned), $"use `command: {{ program: {program}, flags: [{string.Join(", ", flags.Select(f => f.ToString()))}] }}`");
                }
            }

            if (char.IsLetterOrDigit(text[0]) && Harmless.FirstOrDefault(h => !h.StartsWith(text, StringComparison.Ordinal) && h.IndexOf(text, StringComparison.Ordinal) is > 0 and var at && char.IsLetterOrDigit(h[at - 1])) is { } harmless)
            {
                var hit = Witness.Access(Action, harmless)!;
                if (Witness.Matches(policy, rule, hit))
                {
                    yield return context.Finding(DiagnosticCodes.LintWiderDeny, policy, rule, text, $"`contains: \"{Shown.Text(text, 64)}\"` also hits words that only end so",
                        Witness.Show(hit), $"use `command: {{ program: {text.Trim().Split(' ')[0]} }}`");
                }
            }
        }
    }
}
