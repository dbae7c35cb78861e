using System.Text.Json.Nodes;
using Guard.Policy;

namespace Guard.Cli.Tests.Policies.Import;

public sealed class PolicyImportTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("allow", "Bash(npm run lint)", """actions: ["execute:shell"], conditions: { resource: { equals: "npm run lint" } }""")]
    [InlineData("allow", "Bash(npm run test:*)", """actions: ["execute:shell"], conditions: { resource: { startsWith: "npm run test " } }""")]
    [InlineData("allow", "Bash(ls *)", """conditions: { resource: { startsWith: "ls " } }""")]
    [InlineData("allow", "Bash(npm run build*)", """conditions: { resource: { matches: "npm run build*" } }""")]
    [InlineData("allow", "Bash(ls [a]?)", """conditions: { resource: { equals: "ls [a]?" } }""")]
    [InlineData("allow", "Bash(git * [x])", "conditions: { resource: { matches: \"git * \\\\[x]\" } }")]
    [InlineData("deny", "Bash(git * main:*)", """conditions: { resource: { matches: ["git * main *", "git * main"] } }""")]
    [InlineData("deny", "Bash(curl * | bash)", """conditions: { resource: { matches: ["*curl * | bash*"] } }""")]
    [InlineData("deny", "Bash", """actions: ["execute:*"], reason:""")]
    [InlineData("deny", "Bash(run_in_background:true)", "has(args.run_in_background) && string(args.run_in_background) == 'true'")]
    [InlineData("allow", "Read(src/**)", """actions: ["read:file"], conditions: { resource: { matches: ["./src/**"] } }""")]
    [InlineData("allow", "Edit(src/**)", """actions: ["write:file"], conditions: { resource: { matches: ["./src/**/*"] } }""")]
    [InlineData("allow", "Edit(/docs/)", """matches: ["./docs/**/*"]""")]
    [InlineData("allow", "Read(*.md)", """matches: ["./**/*.md"]""")]
    [InlineData("deny", "Read(.env)", """matches: ["**/.env", "**/.env/**"]""")]
    [InlineData("deny", "Read(**/.env)", """matches: ["**/.env", "**/.env/**"]""")]
    [InlineData("deny", "Read(../x/y)", """matches: ["**/x/y", "**/x/y/**"]""")]
    [InlineData("deny", "Read(~/.ssh/**)", """matches: ["~/.ssh/**"]""")]
    [InlineData("deny", "Read(//etc/[^a]**b)", """matches: ["/etc/[!a]*b", "/etc/[!a]*b/**"]""")]
    [InlineData("deny", "Edit", "when: \"tool in ['Edit', 'Write', 'MultiEdit', 'NotebookEdit']\"")]
    [InlineData("allow", "Write", "when: \"tool == 'Write'\"")]
    [InlineData("ask", "Write(package.json)", """matches: ["**/package.json", "**/package.json/**"]""")]
    [InlineData("allow", "WebFetch(domain:Docs.RS)", """actions: ["read:web_fetch"], conditions: { resource: { host: "docs.rs" } }""")]
    [InlineData("allow", "WebFetch(domain:*.docs.rs)", """host: "*.docs.rs" """)]
    [InlineData("deny", "WebFetch(domain:*evil*)", """contains: "evil" """)]
    [InlineData("allow", "WebSearch", """actions: ["read:web_search"] }""")]
    [InlineData("allow", "mcp__github", """actions: ["invoke:mcp__github__*"] }""")]
    [InlineData("allow", "mcp__github__get", """actions: ["invoke:mcp__github__get"] }""")]
    [InlineData("deny", "mcp__*__delete*", """actions: ["invoke:mcp__*__delete*"]""")]
    [InlineData("allow", "Agent(Explore)", """actions: ["delegate:agent"], conditions: { resource: { equals: "Explore" }, when:""")]
    [InlineData("ask", "Agent(model:opus*)", "string(args.model).matches('^opus(?s:.*)$')")]
    [InlineData("allow", "Skill(review *)", "when: \"args.skill == 'review'\"")]
    [InlineData("deny", "Skill(it's)", @"when: ""args.skill == 'it\\'s'""")]
    [InlineData("allow", "CronCreate", "actions: [\"delegate:agent\"], conditions: { when: \"tool == 'CronCreate'\" }")]
    [InlineData("deny", "*", """actions: ["*"]""")]
    public async Task Rule_OfTheClient_BecomesARule(string list, string rule, string expected)
    {
        var result = await ImportAsync((list, rule));

        result.Should().Match<CliResult>(r => r.ExitCode == 0 && r.Error == "");
        result.Output.Should().Contain($"  # {rule}\n").And.Contain($"- {{ id: {list}-1, effect: {list}, ").And.Contain(expected.TrimEnd());
        PolicyCompiler.Compile([new PolicySource("p", result.Output)], FloorSettings.Default).Diagnostics.Should().BeEmpty(result.Output);
    }

    [Theory]
    [InlineData("Bash(cd x && npm test)", "signs that join")]
    [InlineData("Bash(echo \\*)", "backslash")]
    [InlineData("Write(src/**)", "does not consult paths of `Write`; `Edit(src/**)`")]
    [InlineData("Read(../x)", "`..` leads out")]
    [InlineData("WebFetch(domain:doc*)", "no host name")]
    [InlineData("mcp__*__get", "behind the whole name of a server")]
    [InlineData("mcp__github__get(id:1)", "takes no such condition")]
    [InlineData("*", "only in rules that deny or ask")]
    [InlineData("Agent(model:opus)", "takes no such condition")]
    [InlineData("Read(~root/x/[)", "left out")]
    [InlineData("TodoWrite", "needs nothing")]
    public async Task Allow_ThatCannotBeSaid_IsLeftOutWithTheReason(string rule, string why)
    {
        var result = await ImportAsync(("allow", rule));

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain($"  # {rule}\n").And.Contain(why).And.NotContain("allow-1");
    }

    [Theory]
    [InlineData("deny", "Frobnicate(x)", "permissions.deny[0] `Frobnicate(x)`: `Frobnicate` takes no such condition")]
    [InlineData("ask", "WebFetch(domain:*)x", "its bracket is not closed")]
    [InlineData("deny", "Read(./[)", "permissions.deny[0]")]
    [InlineData("deny", "WebFetch(domain:a*b)", "no host name")]
    [InlineData("allow", "Bash(npm", "its bracket is not closed")]
    [InlineData("allow", "Read(!x)", "takes others back")]
    [InlineData("deny", "", "begins with the name of a tool")]
    public async Task Rule_ThatCannotBeRead_StopsTheImport(string list, string rule, string problem)
    {
        var result = await ImportAsync((list, rule));

        result.Should().Match<CliResult>(r => r.ExitCode == 3 && r.Output == "");
        result.Error.Should().Contain(problem).And.Contain("nothing was written");
    }

    [Theory]
    [InlineData("{ // remark\n }", "line 1: it is not JSON")]
    [InlineData("[]", "it is no object with settings")]
    [InlineData("{}", "it has no `permissions`")]
    [InlineData("""{"permissions":[]}""", "permissions: it should be an object")]
    [InlineData("""{"permissions":{"deny":"Read","allow":[1]}}""", "permissions.deny: it should be a list of texts")]
    public async Task Settings_ThatCannotBeRead_AreRefused(string text, string problem)
    {
        CliHarness.Write(_cli.ProjectSettings, text);

        var result = await _cli.RunAsync("policy", "import", "--from", "claude-settings", ".claude/settings.json");

        result.Should().Match<CliResult>(r => r.ExitCode == 3 && r.Output == "");
        result.Error.Should().Contain(problem);
    }

    // As people have them: what a project shares, what a person's own answers grew into, and a fence around a machine's secrets.
    [Theory]
    [InlineData("""
        { "model": "opus", "permissions": { "defaultMode": "acceptEdits",
          "allow": ["Bash(npm run lint)", "Bash(npm run test:*)", "Bash(git diff:*)", "Bash(gh pr view *)", "Edit(src/**)", "Edit(tests/**)", "WebFetch(domain:developer.mozilla.org)", "mcp__github__get_issue", "WebSearch"],
          "ask": ["Bash(git push:*)", "Bash(npm publish *)"],
          "deny": ["Read(./.env)", "Read(./.env.*)", "Read(./secrets/**)", "Bash(curl:*)", "Edit(package-lock.json)"] }, "hooks": {} }
        """)]
    [InlineData("""
        { "permissions": { "allow": ["Bash(find:*)", "Bash(python3 -m pytest tests/test_a.py -x)", "Bash(PORT=3000 npm start)", "Bash(for f in *.py)", "Bash(do python3 \"$f\")", "Bash(git commit -m \"$(cat <<'EOF'\nx\nEOF\n)\")", "Read(//home/dev/other/**)", "mcp__playwright__browser_click", "Bash(chmod +x scripts/*.sh)", "Bash(true)"], "deny": [], "additionalDirectories": ["/home/dev/other", "../sibling"] } }
        """)]
    [InlineData("""
        { "permissions": { "defaultMode": "dontAsk", "allow": ["Read", "Glob", "Grep", "Bash(*)", "Edit", "Write"], "deny": ["Read(~/.ssh/**)", "Read(~/.aws/**)", "Read(**/*.pem)", "Edit(~/**)", "Bash(rm -rf /)", "Bash(rm -rf ~/:*)", "Bash(sudo *)", "Bash(curl * | sh)", "Bash(git push --force*)", "WebFetch(domain:*)"] } }
        """)]
    public async Task Settings_OfAProject_LoadAndLintClean(string settings)
    {
        // A rule with a line end in it is none.
        CliHarness.Write(_cli.ProjectSettings, settings.Replace("\\n", " ", StringComparison.Ordinal));

        (await _cli.RunAsync("policy", "import", "--from", "claude-settings", ".claude/settings.json", "--output", "imported.yaml", "--name", "team")).ExitCode.Should().Be(0);

        var text = await File.ReadAllTextAsync(Path.Combine(_cli.Project, "imported.yaml"));
        (await _cli.RunAsync("policy", "lint", "imported.yaml")).Should().Be(new CliResult(0, "Nothing found in 1 policy.\n", ""), text);
        text.Should().Contain("\nname: team\n").And.Contain(settings.Contains("dontAsk", StringComparison.Ordinal) ? "\ndefaultEffect: deny\n" : "\ndefaultEffect: ask\n");
        (await _cli.RunAsync("policy", "import", "--from", "claude-settings", ".claude/settings.json", "--output", "imported.yaml")).ExitCode.Should().Be(6, "a file that is there stays");
    }

    // `/x` means the folder of the settings: below a home folder's own `.claude` that is no project.
    [Fact]
    public async Task Slash_InSettingsOfNoProject_NeverAllows()
    {
        CliHarness.Write(_cli.UserSettings, """{"permissions":{"allow":["Edit(/src/**)"],"deny":["Read(/keys/**)"]}}""");

        var result = await _cli.RunAsync("policy", "import", "--from", "claude-settings", _cli.UserSettings);

        result.Output.Should().Contain("left out: `/` at its beginning").And.Contain("""matches: ["**/keys/**"]""");
    }

    [Fact]
    public async Task Name_ThatIsNone_IsBadUsage() => (await _cli.RunAsync("policy", "import", "--from", "claude-settings", "x", "--name", "floor")).ExitCode.Should().Be(2);

    private Task<CliResult> ImportAsync((string List, string Rule) one)
    {
        CliHarness.Write(_cli.ProjectSettings, new JsonObject { ["permissions"] = new JsonObject { [one.List] = new JsonArray(one.Rule) } }.ToJsonString());
        return _cli.RunAsync("policy", "import", "--from", "claude-settings", ".claude/settings.json");
    }
}
