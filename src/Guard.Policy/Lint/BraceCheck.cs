using Guard.Policy.Diagnostics;

namespace Guard.Policy.Lint;

/// <summary>Patterns of denials, asks and approvals that take braces for alternatives, as shells do and patterns here do not.</summary>
internal static class BraceCheck
{
    private const int MaxShown = 4;

    public static IEnumerable<LintFinding> Run(LintContext context)
    {
        foreach (var (policy, rule) in context.Rules.Where(static r => r.Rule.IsGenerous && r.Rule.Resource is not null))
        {
            var resource = rule.Definition.Resource!;
            foreach (var (key, text) in resource.Matches.Select(static t => ("matches", t)).Concat(resource.Host.Select(static t => ("host", t))))
            {
                var meant = Alternatives(text);
                var read = rule.Definition with { Resource = key == "host" ? resource with { Host = [.. meant] } : resource with { Matches = [.. meant] } };
                if (meant.Count > 1 && Witness.Of(read).FirstOrDefault(access => !Witness.Matches(policy, rule, access)) is { } missed)
                {
                    var list = string.Join(", ", meant.Take(MaxShown).Select(static one => $"\"{Shown.Text(one, 64)}\"")) + (meant.Count > MaxShown ? ", …" : "");
                    yield return context.Finding(DiagnosticCodes.LintNarrowerDeny, policy, rule, text,
                        $"`{key}: \"{Shown.Text(text, 64)}\"` means a name with braces in it: `{{a,b}}` does not stand for alternatives", Witness.Show(missed), $"write each of them: `{key}: [{list}]`");
                }
            }
        }
    }

    // Of the first pair; with fewer than two there are none.
    private static List<string> Alternatives(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 || (open > 0 && pattern[open - 1] == '\\') ? -1 : pattern.IndexOf('}', open);
        return close < 0 ? [] : [.. pattern[(open + 1)..close].Split(',').Select(one => pattern[..open] + one + pattern[(close + 1)..])];
    }
}
