using Guard.Policy.Evaluation;
using Guard.Policy.Matching;
using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Suites;

/// <summary>
/// Tool calls as accesses, by the rules that matter to these suites: a line is one simple command or opaque, and each of
/// its words is also a guess at a file.
/// </summary>
internal static class StatedCalls
{
    public static IReadOnlyList<RequestedAccess> Adapt(SuiteToolCall call) => call.Tool switch
    {
        "Read" => [File("read:file", call, Text(call, "file_path"), inert: false)],
        "Write" or "Edit" => [File("write:file", call, Text(call, "file_path"), inert: false)],
        "WebFetch" => [Requests.Access("read:web_fetch", Text(call, "url"))],
        "WebSearch" => [Requests.Access("read:web_search", Text(call, "query"))],
        "Bash" => Bash(call, Text(call, "command")),
        _ => [Requests.Access("invoke:" + call.Tool, call.Input.GetRawText())],
    };

    private static RequestedAccess[] Bash(SuiteToolCall call, string line)
    {
        var opaque = line.Any(";&|<>$`(){}*?".Contains) || line.StartsWith("sudo ", StringComparison.Ordinal) || line.Contains(" -c ", StringComparison.Ordinal);
        var words = line.Split([' ', ';', '&', '|', '<', '>', '\'', '"', '='], StringSplitOptions.RemoveEmptyEntries);
        var guesses = words.SelectMany(w => new[] { "read:file", "write:file", "delete:file" }.Select(a => File(a, call, w, inert: true)));
        return [.. opaque ? Requests.Opaque(line) : Requests.Shell(line), .. guesses];
    }

    private static RequestedAccess File(string action, SuiteToolCall call, string path, bool inert)
    {
        var absolute = path.StartsWith('/') ? path : $"{call.Cwd}/{path}";
        return new RequestedAccess
        {
            Action = action,
            Resource = AbsolutePath.Parse(absolute)!.Text,
            Real = StatedTree.Real(call.Workspace, absolute),
            Inert = inert,
        };
    }

    private static string Text(SuiteToolCall call, string member) => call.Input.GetProperty(member).GetString()!;
}
