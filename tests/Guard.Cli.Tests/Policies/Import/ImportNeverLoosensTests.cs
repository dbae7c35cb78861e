using System.Text;
using System.Text.Json.Nodes;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Cli.Policies;
using Guard.Cli.Policies.Import;
using Guard.Policy;
using Guard.Policy.Evaluation;

namespace Guard.Cli.Tests.Policies.Import;

/// <summary>INVARIANT (an import never allows more), on random settings and calls, against a matcher of the client's rules. Seeds are fixed.</summary>
public sealed class ImportNeverLoosensTests
{
    private static readonly string[] Rules =
    [
        "Bash(npm run test:*)", "Bash(npm run test)", "Bash(npm run test*)", "Bash(npm run *)", "Bash(git log *)", "Bash(git * main)", "Bash(git:*)", "Bash(rm -rf:*)", "Bash(rm *)", "Bash(curl:*)", "Bash(* --version)", "Bash(node x.js)",
        "Bash", "Bash(*)", "Bash(node \"x y.js\")", "Read", "Read(*.md)", "Read(.env)", "Read(./.env)", "Read(**/.env)", "Read(secrets/**)", "Read(secrets)", "Read(~/.ssh/**)", "Read(~/.zshrc)", "Read(//etc/**)", "Read(//etc/hosts)", "Read(src/**/*.ts)", "Read(/src/*.ts)",
        "Edit", "Edit(src/**)", "Edit(/docs/**)", "Edit(*.md)", "Edit(~/notes/*)", "Edit(docs/)", "Write", "Write(src/**)", "Edit(package.json)", "Edit(./**)", "WebFetch", "WebFetch(domain:docs.rs)", "WebFetch(domain:*.docs.rs)", "WebFetch(domain:example.com)",
        "mcp__github", "mcp__github__*", "mcp__github__get", "mcp__jira__get*", "Agent(Explore)", "Agent", "Skill(review)", "Skill", "Glob", "Grep(src/**)", "Edit(s*c/**/b.ts)", "Read(a**b/c)",
    ];

    private static readonly string[] Commands =
    [
        "npm run test", "npm run test --watch", "npm run test:unit", "npm run testing", "npm run build", "git log -3", "git push origin main", "git checkout main", "git status", "rm -rf build", "rm x", "curl https://docs.rs/", "node x.js", "node --version", "node \"x y.js\"", "npm",
    ];

    private static readonly ClientCall[] Others =
    [
        .. new[] { "/home/dev/app/src/a.ts", "/home/dev/app/src/sub/b.ts", "/home/dev/app/.env", "/home/dev/app/sub/.env", "/home/dev/app/docs/x.md", "/home/dev/.zshrc", "/home/dev/.ssh/id", "/etc/hosts", "/home/dev/app/package.json", "/home/dev/app/secrets/k", "/home/dev/notes/n", "/home/dev/notes/deep/n", "/home/dev/readme.md", "/home/dev/app/docs", "/home/dev/app/axb/c" }
            .SelectMany(p => new[] { "Read", "Edit", "Write", "NotebookEdit" }.Select(t => new ClientCall(t, p))),
        new("WebFetch", "https://docs.rs/serde"), new("WebFetch", "https://a.docs.rs/x"), new("WebFetch", "https://docs.rs.evil.example/"), new("WebFetch", "https://example.com/?docs.rs"),
        new("mcp__github__get", ""), new("mcp__github_x__get", ""), new("mcp__github__delete", ""), new("mcp__jira__get_issue", ""), new("Agent", "Explore"), new("Agent", "other"), new("Skill", "review"), new("Skill", "other"),
    ];

    [Fact]
    public void Import_RandomSettingsAndCalls_NeverAllowsMoreAndKeepsEveryDenial()
    {
        var random = new Random(20261130);
        var (allowed, denied, asked) = (0, 0, 0);
        for (var round = 0; round < 300; round++)
        {
            var (deny, ask, allow) = (Some(random, 2), Some(random, 2), Some(random, 6));
            var bundle = Import(deny, ask, allow);
            var client = new ClientMatcher(deny, ask, allow);
            for (var i = 0; i < 40; i++)
            {
                var call = random.Next(2) == 0 ? Others[random.Next(Others.Length)] : new ClientCall("Bash", Line(random));
                var theirs = client.Decide(call);
                var ours = Decide(bundle, call);
                var because = $"of {call} by deny [{string.Join(", ", deny)}] ask [{string.Join(", ", ask)}] allow [{string.Join(", ", allow)}]: {ours.Reason}";
                if (ours.Effect == Effect.Allow) theirs.Should().Be("allow", because);
                if (theirs == "deny") ours.Effect.Should().Be(Effect.Deny, because);
                (allowed, denied, asked) = (allowed + (ours.Effect == Effect.Allow ? 1 : 0), denied + (theirs == "deny" ? 1 : 0), asked + (ours.Effect == Effect.Ask ? 1 : 0));
            }
        }

        // Cases in which nothing happens would prove nothing.
        (allowed > 1_000 && denied > 300 && asked > 1_000).Should().BeTrue($"{allowed} allowed, {denied} denied, {asked} asked about");
    }

    private static string[] Some(Random random, int most) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => Rules[random.Next(Rules.Length)])];

    private static string Line(Random random) => string.Join(random.Next(2) == 0 ? " && " : "; ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Commands[random.Next(Commands.Length)]));

    private static PolicyBundle Import(string[] deny, string[] ask, string[] allow)
    {
        JsonArray Texts(string[] rules) => [.. rules.Select(r => (JsonNode)r)];
        var problems = new List<string>();
        var settings = new JsonObject { ["permissions"] = new JsonObject { ["deny"] = Texts(deny), ["ask"] = Texts(ask), ["allow"] = Texts(allow) } };
        var text = ImportedPolicy.Write(ClientPermissions.Read(settings.ToJsonString(), problems)!, "imported", isProject: true, problems);
        problems.Should().BeEmpty();
        var result = PolicyCompiler.Compile([new PolicySource("imported.yaml", text!)], FloorSettings.Default);
        result.Diagnostics.Should().BeEmpty(text);
        return result.Bundle!;
    }

    private static Decision Decide(PolicyBundle bundle, ClientCall call)
    {
        JsonObject input = call.Tool switch
        {
            "Bash" => new() { ["command"] = call.Subject },
            "Read" or "Write" or "Edit" => new() { ["file_path"] = call.Subject, ["content"] = "x" },
            "NotebookEdit" => new() { ["notebook_path"] = call.Subject },
            "WebFetch" => new() { ["url"] = call.Subject },
            "Agent" => new() { ["subagent_type"] = call.Subject, ["prompt"] = "x" },
            "Skill" => new() { ["skill"] = call.Subject },
            _ => [],
        };
        var place = new StatedPathView().AddFolder(ClientMatcher.Project).AddFolder(ClientMatcher.Home);
        var context = new AdapterContext { Paths = place, Home = ClientMatcher.Home, Workspace = ClientMatcher.Project, Walk = () => StatedPlace.NamesOf(bundle) };
        var adapted = ClaudeCodeAdapter.AdaptTool(call.Tool, Encoding.UTF8.GetBytes(input.ToJsonString()), ClientMatcher.Project, context);
        return OfflineTrial.Decide(bundle, new AgentFacts { Id = "a", Name = "a" }, adapted, DateTimeOffset.UnixEpoch, explain: false);
    }
}
