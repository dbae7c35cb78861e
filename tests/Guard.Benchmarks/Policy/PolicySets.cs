using System.Globalization;
using System.Text;
using System.Text.Json;
using Guard.Policy;
using Guard.Policy.Evaluation;

namespace Guard.Benchmarks.Policy;

/// <summary>The rules and accesses that are measured, each as Guard and as Cedar has it.</summary>
internal static class PolicySets
{
    public const string Fifty = "50 rules";
    public const string SameAction = "10,000 rules of one action";
    public const string FewShare = "10,000 rules, 50 of the action";

    private const int Many = 10_000;
    private const string Workspace = "/home/dev/app";

    private static readonly AgentFacts Agent = new() { Id = "agent-1", Name = "claude-dev", Tags = ["claude-code"], TrustTier = TrustTier.Verified };

    public static IReadOnlyDictionary<string, PolicySet> All { get; } = new Dictionary<string, PolicySet>(StringComparer.Ordinal)
    {
        [Fifty] = new(Everyday(), Accesses()),
        [SameAction] = new([.. OfOneAction()], FileAccesses()),
        [FewShare] = new([.. Everyday(), .. OfOtherActions().Take(Many - 50)], Accesses()),
    };

    public static PolicyBundle Compile(PolicySet set) =>
        PolicyCompiler.Compile(set.Sources, FloorSettings.Default) is { Bundle: { } bundle } ? bundle : throw new InvalidOperationException("The measured policy is broken.");

    public static EvaluationRequest Request(RequestedAccess access) => new()
    {
        Agent = Agent,
        Accesses = [access],
        Workspace = new WorkspaceFact { Folder = new FolderSpelling(Workspace, Workspace) },
        Homes = [new FolderSpelling("/home/dev", "/home/dev")],
        Now = new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero),
    };

    // Twenty rules about files, fifteen about commands, fifteen about the web.
    private static List<MeasuredRule> Everyday() =>
    [
        .. new[] { "**/.env", "**/*.pem", "**/*.key", "**/id_rsa", "**/*.p12", "**/credentials.json" }.Select(g => Deny(["read:file", "write:file"], "matches", g)),
        Deny(["write:file"], "contains", "/migrations/"), Deny(["write:file"], "contains", "/generated/"), Deny(["write:file"], "matches", "**/*.lock"), Deny(["read:file"], "contains", "secret"),
        .. new[] { "src", "tests", "docs", "scripts", "packages" }.SelectMany(f => new[] { Allow(["read:file"], "matches", $"./{f}/**"), Allow(["write:file"], "matches", $"./{f}/**") }),
        .. new[] { "rm -rf", "sudo ", "curl", "--force", "chmod 777" }.Select(t => Deny(["execute:shell"], "contains", t)),
        .. new[] { "git ", "npm ", "node ", "dotnet ", "cargo ", "pytest ", "make ", "ls ", "rg ", "grep " }.Select(t => Allow(["execute:shell"], "startsWith", t)),
        .. new[] { "pastebin", "ngrok", "transfer.sh", "169.254.", "metadata" }.Select(t => Deny(["read:web_fetch"], "contains", t)),
        .. new[] { "github.com", "docs.rs", "crates.io", "npmjs.com", "pypi.org", "nuget.org", "example.org", "python.org", "rust-lang.org", "nodejs.org" }.Select(h => Allow(["read:web_fetch"], "startsWith", $"https://{h}/")),
    ];

    // Half suffixes and parts of names, half folders and single files.
    private static IEnumerable<MeasuredRule> OfOneAction()
    {
        for (var i = 0; i < Many / 4; i++)
        {
            var n = i.ToString("x4", CultureInfo.InvariantCulture);
            yield return Deny(["read:file"], "matches", $"**/*.secret-{n}");
            yield return Deny(["read:file"], "contains", $"vault-{n}-");
            yield return Allow(["read:file"], "matches", $"./packages/part-{n}/**");
            yield return Allow(["read:file"], "equals", $"./notes/page-{n}.md");
        }
    }

    private static IEnumerable<MeasuredRule> OfOtherActions()
    {
        for (var i = 0; i < Many; i++)
        {
            var n = i.ToString("x4", CultureInfo.InvariantCulture);
            yield return i % 2 == 0 ? Deny(["write:web"], "contains", $"host-{n}") : Deny(["delete:file"], "matches", $"**/*.keep-{n}");
        }
    }

    private static List<MeasuredAccess> Accesses() =>
    [
        .. new[] { "src/server/index.ts", "tests/server/index.test.ts", "docs/guide.md", ".env", "build/output.js", "src/config/secret.ts" }.Select(p => File("read:file", p)),
        .. new[] { "src/server/routes.ts", "package-lock.lock", "src/migrations/0001.sql" }.Select(p => File("write:file", p)),
        .. new[] { "git status --short", "npm run build", "rm -rf node_modules", "git push --force origin main" }.Select(c => new MeasuredAccess("execute:shell", c)),
        .. new[] { "https://github.com/acme/app/pull/7", "https://docs.rs/serde/latest/serde/", "https://pastebin.example/raw/x" }.Select(u => new MeasuredAccess("read:web_fetch", u)),
    ];

    private static List<MeasuredAccess> FileAccesses() =>
        [.. new[] { "packages/part-0123/src/index.ts", "packages/part-09a0/a.secret-0123", "notes/page-0042.md", "src/vault-0777-x/readme.md", "build/output.js", "packages/part-0001/package.json" }.Select(p => File("read:file", p))];

    private static MeasuredAccess File(string action, string path) => new(action, $"{Workspace}/{path}");

    private static MeasuredRule Deny(string[] actions, string key, string operand) => new("deny", actions, key, operand);

    private static MeasuredRule Allow(string[] actions, string key, string operand) => new("allow", actions, key, operand);
}

/// <summary>Rules and what is asked of them.</summary>
internal sealed record PolicySet(IReadOnlyList<MeasuredRule> Rules, IReadOnlyList<MeasuredAccess> Accesses)
{
    // A document has at most a thousand rules.
    private const int PerDocument = 500;

    public IReadOnlyList<PolicySource> Sources => [.. Rules.Chunk(PerDocument).Select((rules, n) => new PolicySource($"measured-{n}.yaml", Yaml(n, rules)))];

    private static string Yaml(int document, MeasuredRule[] rules) => $"name: measured-{document}\nrules:\n" + string.Concat(rules.Select((r, i) =>
        $"  - {{ id: r{i}, effect: {r.Effect}, actions: [{string.Join(", ", r.Actions.Select(a => $"\"{a}\""))}], conditions: {{ resource: {{ {r.Key}: {JsonSerializer.Serialize(r.Operand, PolicyBenchJson.Default.String)} }} }} }}\n"));

    public string Cedar
    {
        get
        {
            var text = new StringBuilder();
            foreach (var rule in Rules)
            {
                var actions = string.Join(", ", rule.Actions.Select(a => $"Action::\"{a}\""));
                text.Append(CultureInfo.InvariantCulture, $"{(rule.Effect == "deny" ? "forbid" : "permit")} (principal, action in [{actions}], resource) when {{ context.resource like {JsonSerializer.Serialize(rule.Like, PolicyBenchJson.Default.String)} }};\n");
            }

            return text.ToString();
        }
    }
}

/// <summary>One rule with one comparison.</summary>
internal sealed record MeasuredRule(string Effect, string[] Actions, string Key, string Operand)
{
    /// <summary>The comparison in the pattern language of Cedar, over absolute paths, lines and URLs.</summary>
    public string Like => (Key, Operand) switch
    {
        ("contains", var text) => $"*{text}*",
        ("startsWith", var text) => $"{text}*",
        ("equals", ['.', .. var rest]) => "/home/dev/app" + rest,
        ("matches", ['*', '*', '/', '*', .. var rest]) => $"*{rest}",
        ("matches", ['*', '*', .. var rest]) => $"*{rest}",
        ("matches", ['.', .. var rest]) => "/home/dev/app" + rest.Replace("**", "*", StringComparison.Ordinal),
        _ => throw new InvalidOperationException($"No pattern of Cedar for {Key} {Operand}."),
    };
}

/// <summary>One access.</summary>
internal sealed record MeasuredAccess(string Action, string Resource)
{
    public RequestedAccess ToRequested() => new()
    {
        Action = Action,
        Resource = Resource,
        Real = Resource.StartsWith('/') ? Resource : null,
        Canonical = Action == "execute:shell" ? Resource : null,
        Words = Action == "execute:shell" ? Resource.Split(' ') : null,
    };
}
