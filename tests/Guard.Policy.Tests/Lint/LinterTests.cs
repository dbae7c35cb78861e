using Guard.Policy.Lint;

namespace Guard.Policy.Tests.Lint;

/// <summary>What probably means something else than it reads, each with an example that shows it.</summary>
public sealed class LinterTests
{
    [Theory]
    [InlineData("{ effect: deny, actions: ['read:file'], conditions: { resource: { matches: '**/.env' } } }", "GRD100", null)]
    [InlineData("{ effect: allow, actions: ['execute:shell'], conditions: { resource: { startsWith: 'git' } } }", "GRD101", "execute:shell gitx --anything")]
    [InlineData("{ effect: allow, actions: ['execute:shell'], conditions: { resource: { startsWith: 'npm test' } } }", "GRD101", "execute:shell npm testx --anything")]
    [InlineData("{ effect: allow, actions: ['read:web_fetch'], conditions: { resource: { matches: '*github.com*' } } }", "GRD101", "read:web_fetch https://any.github.com/")]
    [InlineData("{ effect: allow, actions: ['read:web_fetch'], conditions: { resource: { contains: github.com } } }", "GRD101", "read:web_fetch https://any.example/github.com")]
    [InlineData("{ effect: allow, actions: ['read:web_fetch'], conditions: { resource: { endsWith: /docs } } }", "GRD101", "read:web_fetch https://any.example/docs")]
    [InlineData("{ effect: deny, actions: ['execute:shell'], conditions: { resource: { contains: 'rm -rf' } }, reason: r }", "GRD102", "execute:shell rm -fr x")]
    [InlineData("{ effect: deny, actions: ['execute:shell'], conditions: { resource: { contains: 'nc ' } }, reason: r }", "GRD103", "execute:shell npm run async x")]
    [InlineData("{ effect: deny, actions: ['read:web_fetch'], conditions: { resource: { matches: '*x.com*' } }, reason: r }", "GRD103", "read:web_fetch https://docs.ax.com/")]
    [InlineData("{ effect: ask, actions: ['write:file'], conditions: { resource: { contains: prod } }, reason: r }", "GRD104", "write:file /home/dev/prod-app/readme")]
    [InlineData("{ effect: allow, actions: ['read:file'], conditions: { resource: { equals: ./a, startsWith: ./b } } }", "GRD105", "read:file /home/dev/app/a")]
    [InlineData("{ effect: deny, actions: ['read:file'], conditions: { resource: { matches: './x/**', not: { matches: './x/**' } } }, reason: r }", "GRD105", "read:file /home/dev/app/x/x")]
    [InlineData("{ effect: allow, actions: ['execute:shell'] }", "GRD107", "read:file /home/dev/.ssh/id_ed25519")]
    public void Rule_ThatMisleads_IsFoundWithAnExample(string rule, string code, string? example)
    {
        var findings = Linter.Run([new PolicySource("p.yaml", $"name: p\nrules:\n  - {rule}\n")]);

        findings.Where(f => f.Code != "GRD107" || code == "GRD107").Should().ContainSingle().Which.Should()
            .Match<LintFinding>(f => f.Code == code && f.Example == example && f.Fix.Length > 0 && f.Policy == "p" && f.Line == 3);
    }

    [Theory]
    [InlineData("{ effect: allow, actions: ['execute:shell', 'read:file'], conditions: { resource: { startsWith: 'git ' } } }")]
    [InlineData("{ effect: deny, actions: ['execute:shell'], conditions: { resource: { contains: 'mkfs' } }, reason: r }")]
    [InlineData("{ effect: deny, actions: ['read:web_fetch'], conditions: { resource: { contains: github.com } }, reason: r }")]
    [InlineData("{ effect: allow, actions: ['read:web_fetch'], conditions: { resource: { contains: github.com, host: github.com } } }")]
    [InlineData("{ effect: allow, actions: ['read:web_fetch'], conditions: { resource: { host: ['github.com', '*.github.com'] } } }")]
    [InlineData("{ effect: deny, actions: ['read:web_fetch'], conditions: { resource: { matches: '*.onion*' } }, reason: r }")]
    [InlineData("{ effect: ask, actions: ['write:file'], conditions: { resource: { contains: '/prod/' } }, reason: r }")]
    [InlineData("{ effect: allow, actions: ['read:file'], conditions: { resource: { matches: './**', not: { matches: './x/**' } } } }")]
    [InlineData("{ effect: allow, actions: ['read:file'], conditions: { resource: { equals: ./a, startsWith: ./a } } }")]
    public void Rule_ThatMeansWhatItSays_IsLeftAlone(string rule) =>
        Linter.Run([new PolicySource("p.yaml", $"name: p\nrules:\n  - {rule}\n")]).Should().BeEmpty();

    [Fact]
    public void Deny_WhoseGapAnotherRuleCloses_IsLeftAlone()
    {
        const string Policy = """
            name: p
            rules:
              - { effect: deny, actions: ["execute:shell", "read:file"], conditions: { resource: { contains: "rm -rf" } }, reason: r }
              - { effect: deny, actions: ["execute:shell"], conditions: { resource: { contains: "rm -fr" } }, reason: r }
            """;

        Linter.Run([new PolicySource("p.yaml", Policy)]).Should().BeEmpty();
    }

    [Fact]
    public void Allow_BehindADenial_IsFoundAcrossPolicies()
    {
        const string Allow = "name: a\nrules:\n  - { id: keys, effect: allow, actions: ['read:file'], conditions: { resource: { matches: '~/.aws/**' } } }\n";
        const string Deny = "name: b\nrules:\n  - { id: home, effect: deny, actions: ['read:file'], conditions: { resource: { matches: '~/.*/**' } }, reason: r }\n";

        var finding = Linter.Run([new PolicySource("a.yaml", Allow), new PolicySource("b.yaml", Deny)]).Should().ContainSingle().Which;

        (finding.Code, finding.File, finding.Rule).Should().Be(("GRD106", "a.yaml", "keys"));
        finding.Message.Should().Contain("rule home of policy b");
    }

    // What the call holds decides whether the denial is one; a made-up call shows nothing.
    [Theory]
    [InlineData("", "conditions: { when: \"args.environment == 'production'\" }")]
    [InlineData("", "conditions: { context: { branch: { equals: main } } }")]
    [InlineData("", "conditions: { time: { between: ['00:00', '12:00'] } }")]
    [InlineData("", "conditions: { trust: { atLeast: trusted } }")]
    [InlineData("appliesTo: { trustTiers: [privileged] }", "")]
    public void Allow_BehindADenialThatDependsOnTheCall_IsLeftAlone(string applies, string conditions)
    {
        const string Allow = "name: a\nrules:\n  - { id: a, effect: allow, actions: ['read:file', 'invoke:mcp__ops__deploy'] }\n";
        var deny = $"name: b\n{applies}\nrules:\n  - {{ id: b, effect: deny, actions: ['read:file', 'invoke:mcp__ops__deploy'], reason: r{(conditions.Length > 0 ? ", " + conditions : "")} }}\n";

        Linter.Run([new PolicySource("a.yaml", Allow), new PolicySource("b.yaml", deny)]).Should().BeEmpty();
        Linter.Run([new PolicySource("a.yaml", Allow), new PolicySource("b.yaml", "name: b\nrules:\n  - { id: b, effect: deny, actions: ['read:file', 'invoke:mcp__ops__deploy'], reason: r }\n")])
            .Should().ContainSingle().Which.Code.Should().Be("GRD106");
    }

    [Fact]
    public void Allow_OnlyPartlyBehindADenial_IsLeftAlone() => Linter.Run([new PolicySource("p.yaml", """
        name: p
        rules:
          - { effect: allow, actions: ["read:file"], conditions: { resource: { matches: ["./**", "./.env"] } } }
          - { effect: deny, actions: ["read:file"], conditions: { resource: { matches: "**/.env" } }, reason: r }
        """)]).Should().BeEmpty();

    [Fact]
    public void Trust_AboveWhatThePolicyIsFor_NeverMatches() => Linter.Run([new PolicySource("p.yaml", """
        name: p
        appliesTo: { trustTiers: [unverified, verified] }
        rules: [ { effect: allow, actions: ["read:file"], conditions: { trust: { atLeast: privileged } } } ]
        """)]).Should().ContainSingle().Which.Code.Should().Be("GRD105");

    [Fact]
    public void Approvals_OfTheSame_AreFoundOnce() => Linter.Run([new PolicySource("p.yaml", """
        name: p
        rules:
          - { id: a, effect: approve, actions: ["write:file"], conditions: { resource: { matches: "./deploy/**" } }, approval: { workflow: ops } }
          - { id: b, effect: approve, actions: ["write:file"], conditions: { resource: { matches: "./**" } }, approval: { workflow: lead } }
        """)]).Should().ContainSingle().Which.Should().Match<LintFinding>(f => f.Code == "GRD108" && f.Rule == "a" && f.Message.Contains("rule b"));

    [Theory]
    [InlineData("reason: 'use AKIAIOSFODNN7EXAMPLE'")]
    [InlineData("reason: 'see https://bot:hunter2@git.example/x'")]
    [InlineData("reason: 'token ghp_abcdefghijklmnopqrstuvwxyz0123456789'")]
    [InlineData("reason: '-----BEGIN RSA PRIVATE KEY-----'")]
    public void Credential_InAPolicy_IsFoundAndNotRepeated(string text)
    {
        var finding = Linter.Run([new PolicySource("p.yaml", $"name: p\nrules:\n  - effect: deny\n    actions: ['read:file']\n    {text}\n")]).Should().ContainSingle().Which;

        (finding.Code, finding.Line, finding.Column).Should().Be(("GRD109", 5, 13));
        finding.ToString().Should().NotContainAny("AKIA", "hunter2", "ghp_");
    }

    [Fact]
    public void Condition_OfTheToolsDialect_WithoutAMessage_HasItsPlace()
    {
        var finding = Linter.Run([new PolicySource("t.yaml", "tools:\n  - name: bash\n    conditions:\n      - { expression: \"args.command == 'x'\", action: deny }\n")]).Should().ContainSingle().Which;

        (finding.Code, finding.Rule, finding.Line, finding.Column).Should().Be(("GRD100", "bash/1", 4, 9));
    }

    [Fact]
    public void Documents_WithErrors_AreLeftToTheCompiler() => Linter.Run([new PolicySource("p.yaml", "rules: 5")]).Should().BeEmpty();

    [Theory]
    [InlineData("dev-assistant.yaml")]
    [InlineData("read-only.yaml")]
    public void Policy_ThatShips_HasNoFinding(string file) =>
        Linter.Run([new PolicySource(file, File.ReadAllText(Repository.File("policies/" + file)))]).Select(f => f.ToString()).Should().BeEmpty();

    // Whatever is found in the documents of the guides, the linter must not fail on them.
    [Fact]
    public void Policies_FromElsewhere_AreLookedThrough()
    {
        var found = Directory.EnumerateFiles(Repository.File("policies/compat"), "*.yaml").Where(f => !f.EndsWith("_test.yaml", StringComparison.Ordinal))
            .SelectMany(f => Linter.Run([new PolicySource(Path.GetFileName(f), File.ReadAllText(f))])).ToList();

        found.Select(f => f.Code).Should().Contain(["GRD101", "GRD102", "GRD103"]);
        found.Should().OnlyContain(f => !f.ToString().Any(char.IsControl) && f.Line >= 1);
    }
}
