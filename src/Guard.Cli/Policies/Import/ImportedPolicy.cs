using System.Globalization;
using System.Text;
using Guard.Client;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Policy.Lint;

namespace Guard.Cli.Policies.Import;

/// <summary>The policy that a settings file of the client becomes.</summary>
internal static class ImportedPolicy
{
    /// <summary>The document; null where something that denies or asks could not be said, with every such problem.</summary>
    public static string? Write(ClientPermissions permissions, string name, bool isProject, List<string> problems)
    {
        var translator = new RuleTranslator(isProject);
        var rules = new List<(ClientRule Rule, Translation Translation)>();
        foreach (var rule in permissions.Rules)
        {
            var translation = Checked(rule, translator.Translate(rule));
            if (translation.Problem is { } problem)
            {
                problems.Add($"{rule.Place} `{rule.Text}`: {problem}");
            }

            rules.Add((rule, translation));
        }

        return problems.Count > 0 ? null : WithoutDead(permissions, name, rules);
    }

    /// <summary>A rule by itself, so that one which does not load spoils no other.</summary>
    private static Translation Checked(ClientRule rule, Translation translation)
    {
        if (!translation.IsSaid)
        {
            return translation;
        }

        var alone = PolicyCompiler.Compile([new PolicySource("rule", "name: x\nrules:\n" + Entry(rule, translation))], FloorSettings.Default);
        return alone.Diagnostics.FirstOrDefault(d => d.Severity == Severity.Error) is { } error ? Translation.Unsaid(rule.List, error.Message) : translation;
    }

    // What a denial takes whole is said as a remark: the denial stands beside it.
    private static string WithoutDead(ClientPermissions permissions, string name, List<(ClientRule Rule, Translation Translation)> rules)
    {
        var text = Document(permissions, name, rules);
        var dead = Linter.Run([new PolicySource(name, text)]).Where(f => f.Code == DiagnosticCodes.LintShadowed).Select(f => f.Rule).ToHashSet(StringComparer.Ordinal);
        return dead.Count == 0
            ? text
            : Document(permissions, name, [.. rules.Select(r => dead.Contains(Id(r.Rule)) ? (r.Rule, Translation.Unsaid(PermissionList.Allow, "a rule that denies takes all of it")) : r)]);
    }

    private static string Document(ClientPermissions permissions, string name, List<(ClientRule Rule, Translation Translation)> rules)
    {
        var denies = permissions.DefaultMode == "dontAsk";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # The permission rules of the client as a policy. It never allows what they would not: each rule stands below with what is wider
            # or narrower. What Guard sees more of (files and hosts that a command names, code, what cannot be known) is asked about where no
            # rule allows it. Lines are compared without their quotes, and without wrappers such as `timeout` and `env`.
            name: {name}
            description: {YamlText.Quote("Imported from the client's permission rules")}
            {(permissions.DefaultMode is null or "default" or "dontAsk" ? "" : $"# defaultMode {PlainText.OneLine(permissions.DefaultMode)} is not taken over: what no rule names is asked about.\n")}defaultEffect: {(denies ? "deny" : "ask")}
            shell: {"{"} unresolved: {(denies ? "deny" : "ask")} {"}"}
            rules:

            """);
        foreach (var (rule, translation) in rules)
        {
            text.Append("  # ").AppendLine(PlainText.OneLine(rule.Text));
            foreach (var note in translation.Notes)
            {
                text.Append("  #   ").AppendLine(PlainText.OneLine(note));
            }

            if (translation.IsSaid)
            {
                text.Append(Entry(rule, translation));
            }
        }

        var folders = permissions.Folders.Select(Folder).OfType<string>().Prepend("./**");
        text.Append("  # The client reads the project").Append(permissions.Folders.Count > 0 ? " and additional directories" : "").AppendLine(" without asking.");
        foreach (var folder in permissions.Folders.Where(f => Folder(f) is null))
        {
            text.Append("  #   left out: ").Append(PlainText.OneLine(folder)).AppendLine(", which is neither absolute nor below the home folder");
        }

        text.Append("  - { id: project, effect: allow, actions: [\"read:file\"], conditions: { resource: { matches: ").Append(YamlText.List(folders)).AppendLine(" } } }");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string Entry(ClientRule rule, Translation translation)
    {
        var conditions = translation.Conditions is { } stated ? $", conditions: {{ {stated} }}" : "";
        var reason = rule.List == PermissionList.Allow ? "" : $", reason: {YamlText.Quote($"The client's settings {(rule.List == PermissionList.Deny ? "deny" : "ask about")} {rule.Text}.")}";
        return $"  - {{ id: {Id(rule)}, effect: {rule.List.Key()}, actions: {YamlText.List(translation.Actions)}{conditions}{reason} }}\n";
    }

    private static string Id(ClientRule rule) => string.Create(CultureInfo.InvariantCulture, $"{rule.List.Key()}-{rule.Index + 1}");

    private static string? Folder(string stated)
    {
        var folder = stated.TrimEnd('/');
        var isPlain = folder.StartsWith('/') || folder.StartsWith("~/", StringComparison.Ordinal);
        return isPlain && folder.AsSpan().IndexOfAny("*?[\\") < 0 && !folder.Split('/').Contains("..") && !folder.Any(char.IsControl) ? folder + "/**" : null;
    }
}
