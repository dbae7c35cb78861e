using System.Text.RegularExpressions;
using Guard.Agents.ClaudeCode;
using Guard.Protocol;

namespace Guard.Cli.Policies.Import;

/// <summary>
/// Says a rule of the client in the language of policies. INVARIANT (an import never allows more): what allows may become narrower or be
/// left out, what denies or asks may become wider, and what cannot be said either way stops the import.
/// </summary>
/// <param name="isProject">The settings are a project's.</param>
internal sealed partial class RuleTranslator(bool isProject)
{
    private static readonly string[] Readers = ["Read", "Grep", "Glob", "LS"];
    private static readonly string[] Writers = ["Edit", "Write", "MultiEdit", "NotebookEdit"];
    private static readonly string[] Fetchers = ["WebFetch", "web_fetch"];
    private static readonly string[] BashMembers = ["run_in_background", "timeout", "dangerouslyDisableSandbox"];

    public Translation Translate(ClientRule rule) => rule.Tool switch
    {
        "*" when rule.List == PermissionList.Allow => Translation.Unsaid(rule.List, "the client takes `*` only in rules that deny or ask"),
        "*" when rule.Specifier is null => Translation.Said(["*"], null),
        "Bash" or "Monitor" => OfCommand(rule),
        var tool when Readers.Contains(tool) => OfFiles(rule, Actions.ReadFile, "Read", Readers),
        var tool when Writers.Contains(tool) => OfFiles(rule, Actions.WriteFile, "Edit", Writers),
        var tool when Fetchers.Contains(tool) => OfFetch(rule),
        "WebSearch" or "web_search" => rule.Specifier is null ? Translation.Said([Actions.ReadWebSearch], null) : OfMember(rule, Actions.ReadWebSearch),
        "Agent" or "Task" => OfAgent(rule),
        var tool when tool.StartsWith("mcp__", StringComparison.Ordinal) => OfServer(rule),
        _ => OfOther(rule),
    };

    private static Translation OfCommand(ClientRule rule)
    {
        if (rule.Specifier is null or ":*")
        {
            return rule.Tool == "Bash" ? Translation.Said(["execute:*"], null) : Translation.Said(["execute:*"], $"when: {YamlText.Quote($"tool == {YamlText.Cel(rule.Tool)}")}");
        }

        if (BashMembers.Any(m => rule.Specifier.StartsWith(m + ":", StringComparison.Ordinal)))
        {
            return OfMember(rule, Actions.ExecuteShell);
        }

        return rule.List == PermissionList.Allow ? CommandSpecifier.Allow([Actions.ExecuteShell], rule.Specifier) : CommandSpecifier.Against([Actions.ExecuteShell], rule.Specifier);
    }

    private Translation OfFiles(ClientRule rule, string action, string consulted, string[] family)
    {
        var isAllow = rule.List == PermissionList.Allow;
        if (rule.Specifier is not { } pattern)
        {
            // The client means calls of the tool, not what a command reads or writes.
            var isFamily = !isAllow && rule.Tool == consulted;
            var when = isFamily ? $"tool in [{string.Join(", ", family.Select(YamlText.Cel))}]" : $"tool == {YamlText.Cel(rule.Tool)}";
            return Translation.Said([action], $"when: {YamlText.Quote(when)}", isFamily ? [$"for {string.Join(", ", family)}"] : []);
        }

        if (isAllow && rule.Tool != consulted)
        {
            return Translation.Unsaid(rule.List, $"the client does not consult paths of `{rule.Tool}`; `{consulted}({pattern})` means every tool of the kind");
        }

        if (PathSpecifier.Globs(pattern, generous: !isAllow, writes: action == Actions.WriteFile, isProject, out var problem) is not { } globs)
        {
            return !isAllow && pattern.StartsWith('!')
                ? Translation.Said([action], "resource: { matches: \"**\" }", "wider: it takes other patterns back, and here nothing that denies or asks is taken back")
                : pattern.StartsWith('!') ? new Translation([], null, [], "an allow that takes others back cannot be said: deny those files, or allow fewer")
                : Translation.Unsaid(rule.List, problem!);
        }

        string[] notes = !isAllow && rule.Tool != consulted ? [$"wider: the client does not consult paths of `{rule.Tool}`, here every tool of the kind is meant"] : [];
        return Translation.Said([action], $"resource: {{ matches: {YamlText.List(globs)} }}", notes);
    }

    private static Translation OfFetch(ClientRule rule)
    {
        if (rule.Specifier is not { } specifier || specifier == "domain:*")
        {
            return Translation.Said([Actions.ReadWebFetch], null);
        }

        if (!specifier.StartsWith("domain:", StringComparison.Ordinal))
        {
            return OfMember(rule, Actions.ReadWebFetch);
        }

        var host = specifier["domain:".Length..].Trim().ToLowerInvariant();
        if (HostName().IsMatch(host))
        {
            return Translation.Said([Actions.ReadWebFetch], $"resource: {{ host: {YamlText.Quote(host)} }}");
        }

        var core = host.Trim('*', '.');
        return rule.List == PermissionList.Allow || core.Length == 0 || core.Contains('*', StringComparison.Ordinal)
            ? Translation.Unsaid(rule.List, "its domain is no host name and no `*.` before one")
            : Translation.Said([Actions.ReadWebFetch], $"resource: {{ contains: {YamlText.Quote(core)} }}", "wider: looked for anywhere in the address");
    }

    private static Translation OfAgent(ClientRule rule)
    {
        if (rule.Specifier is not { } specifier)
        {
            return Translation.Said([Actions.DelegateAgent], $"when: {YamlText.Quote("tool in ['Agent', 'Task']")}");
        }

        return specifier.Contains(':', StringComparison.Ordinal) && MemberRule().IsMatch(specifier)
            ? OfMember(rule, Actions.DelegateAgent)
            : specifier.Contains('*', StringComparison.Ordinal)
                ? Translation.Said([Actions.DelegateAgent], $"resource: {{ matches: {YamlText.Quote(specifier)} }}, when: {YamlText.Quote("tool in ['Agent', 'Task']")}")
                : Translation.Said([Actions.DelegateAgent], $"resource: {{ equals: {YamlText.Quote(specifier)} }}, when: {YamlText.Quote("tool in ['Agent', 'Task']")}");
    }

    private static Translation OfServer(ClientRule rule)
    {
        if (rule.Specifier is not null)
        {
            return OfMember(rule, Actions.InvokePrefix + rule.Tool);
        }

        var parts = rule.Tool.Split("__");
        var isServer = parts.Length == 2;
        if (rule.List == PermissionList.Allow && (parts.Length is not (2 or 3) || parts[1].Length == 0 || parts[1].Contains('*', StringComparison.Ordinal)))
        {
            return Translation.Unsaid(rule.List, "the client takes `*` in an allow only behind the whole name of a server");
        }

        return Translation.Said([Actions.InvokePrefix + rule.Tool + (isServer ? "__*" : "")], null);
    }

    private static Translation OfOther(ClientRule rule)
    {
        if (ToolTable.Inert.Any(t => t.Name == rule.Tool))
        {
            return rule.List == PermissionList.Allow
                ? new Translation([], null, ["needs nothing: it touches only the conversation"], null)
                : Translation.Said([Actions.InvokePrefix + rule.Tool], null);
        }

        var known = ToolTable.Known.FirstOrDefault(t => t.Names.Contains(rule.Tool));
        if (rule.Tool.Contains('*', StringComparison.Ordinal))
        {
            return rule.List == PermissionList.Allow ? Translation.Unsaid(rule.List, "the client takes `*` in the name of a tool only in rules that deny or ask")
                : rule.Specifier is not null ? Translation.Unsaid(rule.List, "a pattern for tools with conditions of its own")
                : Translation.Said(["*"], $"when: {YamlText.Quote($"tool.matches({YamlText.Cel($"^{Regex.Escape(rule.Tool).Replace("\\*", ".*", StringComparison.Ordinal)}$")})")}");
        }

        var action = known?.Action ?? Actions.InvokePrefix + rule.Tool;
        if (rule.Specifier is { } specifier)
        {
            return rule.Tool == "Skill" ? OfSkill(rule, specifier) : OfMember(rule, action);
        }

        return known is null ? Translation.Said([action], null) : Translation.Said([action], $"when: {YamlText.Quote($"tool == {YamlText.Cel(rule.Tool)}")}");
    }

    private static Translation OfSkill(ClientRule rule, string name)
    {
        var stem = name.EndsWith(":*", StringComparison.Ordinal) || name.EndsWith(" *", StringComparison.Ordinal) ? name[..^2].TrimEnd() : name;
        return stem.Contains('*', StringComparison.Ordinal)
            ? Translation.Unsaid(rule.List, "a pattern within the name of a skill")
            : Translation.Said([Actions.InvokePrefix + "Skill"], $"when: {YamlText.Quote($"args.skill == {YamlText.Cel(stem)}")}");
    }

    /// <summary><c>Tool(member:value)</c> compares one member of the tool's input; the client takes it in rules that deny or ask.</summary>
    private static Translation OfMember(ClientRule rule, string action)
    {
        if (rule.List == PermissionList.Allow || !MemberRule().IsMatch(rule.Specifier!))
        {
            return Translation.Unsaid(rule.List, $"`{rule.Tool}` takes no such condition in a rule that {(rule.List == PermissionList.Allow ? "allows" : "denies or asks")}");
        }

        var colon = rule.Specifier!.IndexOf(':', StringComparison.Ordinal);
        var (member, value) = (rule.Specifier[..colon], rule.Specifier[(colon + 1)..]);
        var test = value.Contains('*', StringComparison.Ordinal)
            ? $".matches({YamlText.Cel($"^{Regex.Escape(value).Replace("\\*", "(?s:.*)", StringComparison.Ordinal)}$")})"
            : $" == {YamlText.Cel(value)}";
        return Translation.Said([action], $"when: {YamlText.Quote($"tool == {YamlText.Cel(rule.Tool)} && has(args.{member}) && string(args.{member}){test}")}");
    }

    [GeneratedRegex(@"\A(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]*:.+\z", RegexOptions.NonBacktracking)]
    private static partial Regex MemberRule();
}
