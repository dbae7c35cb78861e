using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Lint;

/// <summary>Patterns over addresses that mean a host and do not say so.</summary>
internal static class WebTextCheck
{
    private const string Action = "read:web_fetch";

    public static IEnumerable<LintFinding> Run(LintContext context) =>
        context.Rules.Where(r => r.Rule.Resource is not null && r.Rule.IsForAction(Action, subtree: false)).SelectMany(r => Patterns(context, r.Policy, r.Rule).Concat(r.Rule.IsGenerous ? [] : Anywhere(context, r.Policy, r.Rule)));

    // A text that is looked for anywhere in an address is found behind any host as well.
    private static IEnumerable<LintFinding> Anywhere(LintContext context, PolicyCompiled policy, RuleCompiled rule)
    {
        var resource = rule.Definition.Resource!;
        foreach (var (key, text) in resource.Contains.Select(t => ("contains", t)).Concat(resource.EndsWith.Select(t => ("endsWith", t))))
        {
            var example = Witness.Access(Action, $"https://any.example/{text.TrimStart('/')}")!;
            if (!Witness.Matches(policy, rule, example))
            {
                continue;
            }

            var host = text.Trim('.', '/');
            var isHost = host.Contains('.', StringComparison.Ordinal) && host.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
            yield return context.Finding(
                DiagnosticCodes.LintWiderAllow,
                policy,
                rule,
                text,
                $"`{key}: \"{Shown.Text(text, 64)}\"` allows every host, with the text in the address",
                Witness.Show(example),
                isHost ? $"use `host: [\"{host}\", \"*.{host}\"]`" : "say the host as well: `host`, or `matches` with a host pattern");
        }
    }

    private static IEnumerable<LintFinding> Patterns(LintContext context, PolicyCompiled policy, RuleCompiled rule)
    {
        foreach (var text in rule.Definition.Resource!.Matches)
        {
            var host = text.Trim('*');
            if (!text.StartsWith('*') || !host.Contains('.', StringComparison.Ordinal) || host.StartsWith('.') || host.Any(c => c is '/' or ':' or '*' or '?' or '['))
            {
                continue;
            }

            host = host.TrimEnd('.');
            var fix = $"use `host: [\"{host}\", \"*.{host}\"]`";
            var example = Witness.Access(Action, rule.IsGenerous ? $"docs.a{host}" : $"any.{host}")!;
            if (!host.Contains('.', StringComparison.Ordinal) || !Witness.Matches(policy, rule, example))
            {
                continue;
            }

            yield return rule.IsGenerous
                ? context.Finding(DiagnosticCodes.LintWiderDeny, policy, rule, text, $"`{Shown.Text(text, 64)}` also hits other hosts whose name ends so", Witness.Show(example), fix)
                : context.Finding(DiagnosticCodes.LintWiderAllow, policy, rule, text, $"`{Shown.Text(text, 64)}` allows every host below it too", Witness.Show(example), fix);
        }
    }
}
