using System.Text.Json;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Tests.Indexing;

/// <summary>
/// Policies with every condition of the language and calls that speak of the same few files, commands and hosts, so that rules often
/// match. Repeatable from the seed.
/// </summary>
internal sealed class RandomCases(int seed)
{
    private static readonly string[] Names = ["src", "lib", "app", ".env", ".env.local", "a.cs", "b.CS", "key.pem", "Secrets", "x", "deploy.sh", "café", "cafe\u0301", "\u017frc", "K", ".git", "config", "node_modules", "long-name-of-a-file.test.ts"];
    private static readonly string[] FileGlobs =
    [
        "**", "./**", "**/*", "**/.env*", "**/*.pem", "**/*.cs", "./src/**", "./src/*", "src/lib/**", "~/.ssh/**", "~/**", "/etc/**", "/etc/passwd", "**/secrets/**", "./*.cs", "**/[ab].cs", "**/?.cs", "./src/*/a.cs",
        "**/.git/**", "**/node_modules/**/x", "./café", "**/src", "./lib/**/key.pem", "/home/dev/app/src/**", "**/*env*", "**/[!a]*", "/**", "./app/[s]rc", "**/K",
    ];
    private static readonly string[] FileTexts = ["./src", "./src/", ".env", "~/", "~/.ssh", "/etc/", "env", "src/lib", ".", "~", "/", "a.cs", "SRC", "/home/dev/app", "secret", ".pem", "é", "app/", "./", "k"];
    private static readonly string[] Programs = ["git", "rm", "npm", "curl", "bash", "ls", "GIT", "cargo"];
    private static readonly string[] Words = ["status", "push", "-rf", "--force", "install", "src", "./src/a.cs", "https://github.com/x", "-m", "rm -rf", "origin", "main", "-f", "test", "run", "build", "é"];
    private static readonly string[] CommandTexts = ["git ", "git status", "rm -rf", "sudo ", "curl", "push", " ", "npm run ", "-rf", "STATUS", "force", "é", "g"];
    private static readonly string[] CommandGlobs = ["git *", "*push*", "npm run *", "*", "git status", "rm -* *", "[gn]* *", "*--force", "GIT *", "*é*"];
    private static readonly string[] Hosts = ["github.com", "api.github.com", "docs.example.org", "evil.example", "127.0.0.1", "[::1]", "x.internal.corp", "github.com.evil.example", "nginx.com", "münchen.example"];
    private static readonly string[] HostPatterns = ["github.com", "*.github.com", "*github.com*", "*.internal.corp", "*", "docs.*", "*docs.*", "127.0.0.1", "[::1]", "*.example", "git*.com", "github.com:443", "*.corp:8080", "x.*.corp"];
    private static readonly string[] WebGlobs = ["*github.com*", "https://github.com/*", "https://*.github.com/*", "*.example/*", "http*://docs.example.org/a*", "*", "github.com", "https://github.com", "*internal*", "*/src/*"];
    private static readonly string[] WebTexts = ["https://github.com", "https://", "github", "/src/", ".com", "?q=", "evil", "HTTPS://API"];
    private static readonly string[] Tools = ["mcp__github__create_issue", "mcp__db__query", "mcp__DB__query", "Foo", "x:file"];
    private static readonly string[] Facts = ["permissionMode", "project", "branch", "host", "client", "subagentType", "sourceAddress"];
    private static readonly string[] FactValues = ["main", "feature/x", "acme", "default", "github.com/acme/app", "10.0.0.1", "MAIN", "dev"];

    private readonly Random _random = new(seed);
    private int _rules;

    /// <summary>One to three documents of the rules dialect, now and then one of the tools dialect, now and then many rules.</summary>
    public PolicySource[] Policies()
    {
        var count = _random.Next(1, 4);
        var sources = Enumerable.Range(0, count).Select(i => new PolicySource($"p{i}.yaml", Document($"p{i}"))).ToList();
        if (Chance(4)) sources.Add(new PolicySource("tools.yaml", ToolsDocument()));
        return [.. sources];
    }

    public FloorSettings Floor() => Chance(3)
        ? new FloorSettings { ProtectedPaths = ["/home/dev/.guard", "/opt/guard"], LiftedPaths = Chance(2) ? ["/home/dev/app/.git"] : [], GatewayAuthorities = ["127.0.0.1:8080"] }
        : FloorSettings.Default;

    public EvaluationRequest Request()
    {
        var accesses = Enumerable.Range(0, Chance(3) ? _random.Next(2, 5) : 1).Select(_ => Access()).ToArray();
        return new EvaluationRequest
        {
            Agent = new AgentFacts { Id = "agent-1", Name = Of("claude-dev", "Claude-CI", "other"), Tags = Chance(3) ? ["CI"] : ["claude-code", "dev"], TrustTier = (TrustTier)_random.Next(4), Groups = Chance(2) ? ["platform"] : [], Owner = Chance(2) ? "dev@acme.example" : null },
            Accesses = accesses,
            Workspace = _random.Next(8) switch
            {
                0 => WorkspaceFact.NotStated,
                1 => new WorkspaceFact { Problem = WorkspaceProblem.ChangedInSession },
                2 => Workspace("/home/dev/app", "/data/app"),
                3 => Workspace("/", "/"),
                _ => Workspace("/home/dev/app", "/home/dev/app"),
            },
            Homes = Chance(8) ? [] : Chance(6) ? [new FolderSpelling("/home/dev", "/data/dev"), new FolderSpelling("/root", "/root")] : [new FolderSpelling("/home/dev", "/home/dev")],
            Context = new ContextFacts { PermissionMode = Fact(), Project = Fact(), Branch = Fact(), Host = Fact(), Client = Fact(), SubagentType = Fact(), SourceAddress = Fact() },
            Tool = Chance(3) ? null : Tool(accesses),
            SessionId = Chance(2) ? "0123456789abcdef" : null,
            Now = new DateTimeOffset(2026, 3, 1 + _random.Next(28), _random.Next(24), _random.Next(60), 0, TimeSpan.Zero),
        };
    }

    private string Document(string name)
    {
        var rules = Chance(20) ? _random.Next(40, 120) : _random.Next(1, 12);
        return $$"""
            name: {{name}}
            {{(Chance(2) ? "" : $"appliesTo: {{ {AppliesTo()} }}")}}
            {{(Chance(2) ? "" : $"defaultEffect: {Of("deny", "ask", "approve", "allow")}")}}
            {{(Chance(2) ? "" : $"shell: {{ unresolved: {Of("deny", "ask", "approve")} }}")}}
            rules:
            {{string.Join('\n', Enumerable.Range(0, rules).Select(_ => "  - " + Rule()))}}
            """;
    }

    private string AppliesTo() => _random.Next(5) switch
    {
        0 => $"tags: [{Of("claude-code", "CI", "ci", "none")}]",
        1 => $"trustTiers: [{Of("verified", "trusted")}, privileged]",
        2 => $"agents: ['{Of("claude-*", "*", "other")}']",
        3 => $"projects: ['{Of("acme", "github.com/acme/*")}']",
        _ => "groups: [platform]",
    };

    private string Rule()
    {
        var effect = Of("allow", "allow", "allow", "ask", "approve", "deny", "deny");
        var (actions, kind) = _random.Next(6) switch
        {
            0 or 1 => (Of("'read:file'", "'write:file'", "'delete:file'", "'*:file'", "'read:file', 'write:file'"), 'f'),
            2 or 3 => (Of("'execute:shell'", "'execute:*'", "'execute:shell', 'execute:opaque'", "'execute:code'"), 'c'),
            4 => (Of("'read:web_fetch'", "'write:web'", "'read:web_browse', 'write:web'", "'connect:network'", "'read:web_*'"), 'w'),
            _ => (Of("'*'", "'invoke:*'", $"'invoke:{Of(Tools)}'", "'read:env'", "'*:*'", "'read:*'", $"'invoke:{Of("mcp__*", "*query")}'"), 'a'),
        };
        if (actions.Contains("web_*", StringComparison.Ordinal) || actions.Contains("connect", StringComparison.Ordinal)) kind = 't';
        var conditions = new List<string>();
        if (!Chance(8)) conditions.Add($"resource: {{ {Block(kind, 1)} }}");
        if ((kind == 'c' || actions == "'*'") && Chance(2)) conditions.Add($"command: {{ {Command()} }}");
        if (Chance(8)) conditions.Add($"time: {{ days: [{Of("mon-fri", "sat", "sun-tue")}], between: ['{Of("08:00", "22:00")}', '{Of("19:00", "06:30")}'], zone: {Of("Europe/Berlin", "UTC", "America/New_York")} }}");
        if (Chance(8)) conditions.Add($"trust: {{ atLeast: {Of("verified", "trusted", "privileged")} }}");
        if (Chance(6)) conditions.Add($"context: {{ {Of(Facts)}: {{ {(Chance(4) ? $"not: {{ equals: {Of(FactValues)} }}" : $"{Of("equals", "startsWith", "contains", "matches")}: {Json(Of(FactValues))}")} }} }}");
        if (Chance(6)) conditions.Add($"when: {Json(When())}");
        return $"{{ id: r{_rules++}, effect: {effect}, actions: [{actions}]{(effect == "allow" && Chance(3) ? ", grant: true" : "")}{(Chance(10) ? ", mode: audit" : "")}"
            + $"{(Chance(2) ? ", reason: 'Because.'" : "")}{(effect == "approve" && Chance(2) ? ", approval: { timeout: 30m }" : "")}{(conditions.Count > 0 ? $", conditions: {{ {string.Join(", ", conditions)} }}" : "")} }}";
    }

    private string Block(char kind, int depth)
    {
        var keys = new List<string>();
        foreach (var key in new[] { "equals", "startsWith", "endsWith", "contains", "matches", "regex", "host" }.OrderBy(_ => _random.Next()).Take(Chance(3) ? 2 : 1))
        {
            if (key == "host" && kind is not ('w' or 't')) continue;
            var operands = Enumerable.Range(0, Chance(3) ? 3 : 1).Select(_ => Json(Operand(key, kind))).Distinct();
            keys.Add($"{key}: [{string.Join(", ", operands)}]");
        }

        if (keys.Count == 0 || (depth > 0 && Chance(4))) keys.Add($"not: {{ {Block(kind, depth - 1 < 0 ? 0 : depth - 1)} }}");
        return string.Join(", ", keys);
    }

    private string Operand(string key, char kind) => key switch
    {
        "matches" => kind switch { 'f' or 'a' => Of(FileGlobs), 'c' => Of(CommandGlobs), 't' => Of("*", "github.com", "*.github.com", "docs.*"), _ => Of(WebGlobs) },
        "regex" => Of(".*env.*", "git (status|push)", "^/etc/.*", "https?://[^/]*github", "K+", "."),
        "host" => Of(HostPatterns),
        _ => kind switch { 'f' => Of(FileTexts), 'c' => Of(CommandTexts), 'w' or 't' => Of(WebTexts), _ => Of(Of(FileTexts), Of(CommandTexts), Of(WebTexts)) },
    };

    private string Command()
    {
        var keys = new List<string> { $"program: [{Of("git", "rm", "'g*'", "npm, GIT", "curl", "'*'")}]" };
        if (Chance(3)) keys.Add($"subcommand: [{Of("push", "status", "'run build'", "'*'")}]");
        if (Chance(3)) keys.Add($"flags: [{Of("force", "r, f", "recursive")}]");
        if (Chance(4)) keys.Add($"anyFlags: [{Of("f", "force, m")}]");
        if (Chance(4)) keys.Add($"args: [{Json(Of("*src*", "*", "origin", "*.cs"))}]");
        return string.Join(", ", keys);
    }

    private string When() => Of(
        "resource.contains('src')", "!resource.endsWith('.env')", "action == 'read:file'", "args.command.contains('git')", "agent.trustTier == 'trusted'", "context.branch == 'main'",
        "context.branch != 'main' || resource.startsWith('/etc')", "has(args.path) && args.path.contains('env')", "args.nosuch == 1", "now.getHours() > 12", "tool == 'Bash'", "resource.matches('(git|rm) .*')");

    private string ToolsDocument() => $$"""
        metadata: { name: tools }
        tools:
          - name: {{Of("bash", "write", "read", "edit", "web_fetch")}}
            conditions:
              - { expression: {{Json(Of("args.command.contains('git')", "args.command.startsWith('rm')", "args.path.contains('.env')", "args.url.contains('github')"))}}, action: {{Of("deny", "allow")}}, message: "No {{"{{ args.command }}"}}." }
              - { expression: "args.command.contains('push')", approval_workflow: manual-approval }
          - { name: query, source: db, conditions: [ { expression: "args.sql.contains('drop')", action: deny } ] }
        defaults: { unknown_tools: {{Of("deny", "allow", "require_approval")}} }
        """;

    private RequestedAccess Access() => _random.Next(12) switch
    {
        0 or 1 or 2 or 3 => FileAccess(),
        4 or 5 or 6 => CommandAccess(),
        7 => new RequestedAccess { Action = Of("read:web_fetch", "write:web", "read:web_browse"), Resource = Url(), Primary = Chance(2), Inert = Chance(10) },
        8 => new RequestedAccess { Action = "connect:network", Resource = Of(Hosts) + Of("", ":443", ":8080", ":22") },
        9 => new RequestedAccess { Action = $"invoke:{Of(Tools)}", Resource = Of("{}", "{\"a\":\"src\"}", ".env", "git status"), Primary = true },
        10 => new RequestedAccess { Action = Of("execute:opaque", "execute:code", "read:env", "delegate:agent", "read:web_search"), Resource = Of("git push", "API_KEY", "src .env", "x"), Unknown = Chance(4), Why = "shell.operator", Inert = Chance(8) },
        _ => new RequestedAccess { Action = Of("READ:FILE", "Execute:Shell", "invoke:MCP__db__QUERY", "read:nothing", "invoke:ünï", "write:File"), Resource = Of("/etc/passwd", "git status", "https://github.com/"), Real = "/etc/passwd" },
    };

    private RequestedAccess FileAccess()
    {
        var path = Path();
        var written = Chance(8) ? Of(Names) + "/" + Of(Names) : Chance(10) ? "~/" + Of(Names) : path;
        return new RequestedAccess
        {
            Action = Of("read:file", "read:file", "write:file", "delete:file"),
            Resource = written,
            Real = _random.Next(6) switch { 0 => null, 1 => Path(), 2 => path.Replace("/home/dev", "/data", StringComparison.Ordinal), _ => written },
            Subtree = Chance(5),
            Walked = Chance(2),
            Unknown = Chance(20),
            Inert = Chance(15),
            Primary = Chance(3),
        };
    }

    private string Path()
    {
        var path = Of("/home/dev/app/", "/home/dev/app/", "/home/dev/app/", "/home/dev/.ssh/", "/home/dev/", "/etc/", "/data/app/", "/home/dev/app/../", "/home/dev/.claude/") + string.Join('/', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Of(Names)));
        path = Chance(60) ? path + "/" + new string('a', 9000) : Chance(20) ? "/etc/passwd" : path;
        return path.StartsWith("/home/dev/app/", StringComparison.Ordinal) || !Chance(3) ? path : "/home/dev/app/" + Of(Names);
    }

    private RequestedAccess CommandAccess()
    {
        var program = Of(Programs);
        var words = Enumerable.Range(0, _random.Next(0, 4)).Select(_ => Of(Words)).ToList();
        var open = Chance(8);
        if (open) words.Add("?");
        var line = string.Join(' ', words.Prepend(program));
        return new RequestedAccess
        {
            Action = "execute:shell",
            Resource = line,
            Canonical = Chance(2) ? null : Chance(4) ? "git push " + line : line,
            Words = [program, .. words],
            Command = Chance(3) ? null : new RequestedCommand
            {
                Program = Chance(12) ? "gıt" : program,
                OnPath = !Chance(6),
                Subcommand = words.Count > 0 && Chance(2) ? [words[0]] : [],
                Flags = [.. words.Where(w => w.StartsWith('-'))],
                Arguments = [.. words],
                Open = open,
                Alone = Chance(2) ? line : null,
            },
            Primary = Chance(4),
            Inert = Chance(6),
            Unknown = Chance(25),
        };
    }

    private string Url() => Of("https://", "http://", "HTTPS://", "https://user@", "https:\\\\", "") + Of(Hosts) + Of("", ":443", ":8080") + Of("", "/", "/src/a", "/%2e%2e/x", "/a?q=docs.") + Of("", "#frag", "?x");

    private ToolFact Tool(RequestedAccess[] accesses)
    {
        var (name, input) = _random.Next(4) switch
        {
            0 => ("Bash", $$"""{"command":{{Json(accesses[0].Resource)}}}"""),
            1 => ("Write", $$"""{"file_path":{{Json(accesses[0].Resource)}},"content":"x"}"""),
            2 => ("WebFetch", $$"""{"url":{{Json(accesses[0].Resource)}}}"""),
            _ => (Of(Tools), """{"sql":"drop table x"}"""),
        };
        return ToolFact.Of(name, JsonDocument.Parse(input).RootElement, accesses);
    }

    private static WorkspaceFact Workspace(string written, string real) => new() { Folder = new FolderSpelling(written, real) };

    private string? Fact() => Chance(3) ? null : Of(FactValues);

    private bool Chance(int oneOf) => _random.Next(oneOf) == 0;

    private string Of(params string[] values) => values[_random.Next(values.Length)];

    private static string Json(string text) => JsonSerializer.Serialize(text);
}
