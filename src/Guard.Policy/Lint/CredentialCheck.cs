using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Lint;

/// <summary>Secrets that somebody wrote into a policy, which everybody may read.</summary>
internal static class CredentialCheck
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly ImmutableArray<(string What, Regex Shape)> Shapes =
    [
        ("an AWS access key", new Regex(@"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", Linear)),
        ("a GitHub token", new Regex(@"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{30,})", Linear)),
        ("a Slack token", new Regex(@"\bxox[abprs]-[A-Za-z0-9-]{10,}", Linear)),
        ("an API key", new Regex(@"\bsk-[A-Za-z0-9_-]{20,}", Linear)),
        ("a key of Guard", new Regex(@"\bguard_(?:agent|admin)_[A-Za-z0-9]{12}_[A-Za-z0-9_-]{20,}", Linear)),
        ("a private key", new Regex("-----BEGIN [A-Z ]*PRIVATE KEY-----", Linear)),
        ("a JSON web token", new Regex(@"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.", Linear)),
        ("a password in an address", new Regex(@"[a-z][a-z0-9+.-]*://[^/\s:@*]+:[^/\s:@*]{3,}@", Linear)),
    ];

    public static IEnumerable<LintFinding> Run(LintContext context)
    {
        foreach (var policy in context.Bundle.Policies)
        {
            foreach (var text in RulePlaces.Scalars(context.Places[policy.Path].Root))
            {
                if (Shapes.FirstOrDefault(s => s.Shape.IsMatch(text.Text)).What is { } what)
                {
                    // The message does not repeat it.
                    yield return new LintFinding(DiagnosticCodes.LintCredential, policy.Path, text.At.Line, text.At.Column, policy.Name, null, $"this holds {what}, and policies are no secret", null, "replace it with a pattern, and revoke it");
                }
            }
        }
    }
}
