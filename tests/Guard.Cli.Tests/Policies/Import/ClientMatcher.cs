using System.Text.RegularExpressions;

namespace Guard.Cli.Tests.Policies.Import;

/// <summary>
/// What the client decides by its permission rules, written from its documentation and by other means than the import: deny before ask
/// before allow, each part of a command line by itself, files by .gitignore's patterns; the project may be read, all else is asked about.
/// </summary>
internal sealed class ClientMatcher(IReadOnlyList<string> deny, IReadOnlyList<string> ask, IReadOnlyList<string> allow)
{
    public const string Project = "/home/dev/app";
    public const string Home = "/home/dev";

    private static readonly string[] Readers = ["Read", "Grep", "Glob"];
    private static readonly string[] Writers = ["Edit", "Write", "NotebookEdit"];

    public string Decide(ClientCall call)
    {
        var parts = call.Tool == "Bash" ? Regex.Split(call.Subject, @"\s*(?:&&|\|\||;|\|)\s*") : [call.Subject];
        if (parts.Any(p => deny.Any(r => Matches(r, call.Tool, p)))) return "deny";
        if (parts.Any(p => ask.Any(r => Matches(r, call.Tool, p)))) return "ask";
        if (parts.All(p => allow.Any(r => Matches(r, call.Tool, p)))) return "allow";
        return Readers.Contains(call.Tool) && call.Subject.StartsWith(Project + "/", StringComparison.Ordinal) ? "allow" : "ask";
    }

    private static bool Matches(string rule, string tool, string subject)
    {
        var open = rule.IndexOf('(', StringComparison.Ordinal);
        var (name, specifier) = open < 0 ? (rule, "*") : (rule[..open], rule[(open + 1)..^1]);
        if (specifier == "*")
        {
            return name == tool || (name.StartsWith("mcp__", StringComparison.Ordinal) && (Wild(name).IsMatch(tool) || (name.Split("__").Length == 2 && tool.StartsWith(name + "__", StringComparison.Ordinal))));
        }

        return tool switch
        {
            "Bash" => name == "Bash" && Command(specifier).IsMatch(subject),
            "WebFetch" => name == "WebFetch" && specifier.StartsWith("domain:", StringComparison.Ordinal) && IsHost(specifier[7..], new Uri(subject).Host),
            "Agent" or "Skill" => name == tool && specifier == subject,
            _ => ((name == "Read" && Readers.Contains(tool)) || (name == "Edit" && Writers.Contains(tool))) && IsFile(specifier, subject),
        };
    }

    private static Regex Wild(string pattern) => new($"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$", RegexOptions.Singleline);

    private static Regex Command(string pattern)
    {
        var isPrefix = pattern.EndsWith(":*", StringComparison.Ordinal) || (pattern.EndsWith(" *", StringComparison.Ordinal) && pattern.Count(c => c == '*') == 1);
        return isPrefix ? new Regex($"^{Regex.Escape(pattern[..^2]).Replace("\\*", ".*", StringComparison.Ordinal)}( .*)?$", RegexOptions.Singleline) : Wild(pattern);
    }

    private static bool IsHost(string pattern, string host) =>
        pattern.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(pattern[1..], StringComparison.Ordinal) : pattern == host;

    private static bool IsFile(string pattern, string path)
    {
        var (root, rest) = pattern switch
        {
            ['/', '/', ..] => ("", pattern[1..]),
            ['~', '/', ..] => (Home, pattern[1..]),
            ['/', ..] => (Project, pattern),
            ['.', '/', ..] => (Project, pattern[1..]),
            _ => (Project, pattern),
        };
        if (!path.StartsWith(root + "/", StringComparison.Ordinal)) return false;
        var isAnchored = rest.TrimEnd('/').Contains('/', StringComparison.Ordinal);
        var regex = new System.Text.StringBuilder(isAnchored ? "^" : "^(?:.*/)?");
        var segments = rest.Trim('/').Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] == "**") regex.Append(isLast ? ".+" : "(?:[^/]+/)*");
            else regex.Append(Regex.Escape(segments[i]).Replace("\\*", "[^/]*", StringComparison.Ordinal)).Append(isLast ? "" : "/");
        }

        // What matches a folder matches everything in it.
        return Regex.IsMatch(path[(root.Length + 1)..], regex.Append("(?:/.*)?$").ToString());
    }
}

/// <summary>A tool call, by the one thing of its input that rules compare: line, path, address, agent.</summary>
internal sealed record ClientCall(string Tool, string Subject);
