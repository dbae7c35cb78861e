using FsCheck;
using FsCheck.Fluent;
using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Evaluation;

/// <summary>The invariants of the combining algebra, on random policies and calls.</summary>
public sealed class CombiningProperties
{
    private static readonly string[] Blocks =
    [
        "", "resource: { matches: './**' }", "resource: { matches: '**/.env*' }", "resource: { matches: './src/*', not: { endsWith: .key } }",
        "resource: { startsWith: 'git ' }", "resource: { contains: curl }", "resource: { regex: '.*status' }", "resource: { not: { matches: './**' } }",
        "context: { branch: { equals: main } }", "context: { branch: { not: { equals: main } } }, resource: { matches: './**' }",
        "trust: { atLeast: trusted }", "time: { between: ['08:00', '19:00'] }",
        "when: \"resource.contains('SRC')\"", "when: \"!resource.contains('.env')\", resource: { matches: './**' }", "when: 'args.nosuch == 1'", "when: \"context.branch == 'main'\"",
        "when: \"context.branch != 'main' || action == 'read:file'\"", "when: \"!has(context.branch) || context['project'] == 'acme'\"", "when: \"context.branch == 'main' ? true : resource.endsWith('a')\"",
    ];

    private static readonly string[] Actions = ["*", "read:file", "write:file", "*:file", "execute:*", "execute:shell", "execute:opaque", "invoke:*"];

    private static readonly RequestedAccess[] Accesses =
    [
        File("read:file", "./src/a"), File("read:file", "./.env"), File("write:file", "./src/a"), File("delete:file", "./src", subtree: true), File("read:file", "/etc/passwd"),
        File("read:file", "./notes", real: "/home/dev/app/.env"), .. Simple("git status"), .. Opaque("git status; curl x"), Access("invoke:x", "{}"),
        File("write:file", "./src/k.key") with { Inert = true }, new RequestedAccess { Action = "read:file", Resource = "?", Unknown = true },
    ];

    private static readonly Gen<string> Rule =
        from effect in Gen.Elements("allow", "allow", "allow", "ask", "approve", "deny")
        from action in Gen.Elements(Actions)
        from block in Gen.Elements(Blocks)
        from grant in Gen.Elements(true, false)
        select $"  - {{ effect: {effect}, actions: ['{action}']{(grant && effect == "allow" ? ", grant: true" : "")}{(block.Length > 0 ? $", conditions: {{ {block} }}" : "")} }}";

    private static readonly Gen<string> Footer =
        from applies in Gen.Elements("", "", "appliesTo: { tags: [claude-code] }\n", "appliesTo: { projects: [acme] }\n", "appliesTo: { tags: [other] }\n")
        from stated in Gen.Elements("", "", "defaultEffect: deny\n", "defaultEffect: ask\n", "defaultEffect: allow\n")
        from unresolved in Gen.Elements("", "shell: { unresolved: ask }\n", "shell: { unresolved: approve }\n")
        select applies + stated + unresolved;

    private static readonly Gen<Case> Cases =
        from rules in Rule.NonEmptyListOf().Resize(6)
        from more in Rule.NonEmptyListOf().Resize(4)
        from first in Footer
        from second in Footer
        from accesses in Gen.Elements(Accesses).NonEmptyListOf().Resize(3)
        from branch in Gen.Elements<string?>(null, "main", "feature/x")
        from project in Gen.Elements<string?>(null, "acme", "other")
        from extra in Rule
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Case([.. rules], [.. more], first, second, [.. accesses], new ContextFacts { Branch = branch, Project = project }, extra, seed);

    [Fact]
    public void Order_RulesAndPoliciesShuffledAndRepeated_ChangesNothing() => ForAll(c =>
    {
        var random = new Random(c.Seed);
        string[] rules = [.. c.Rules, c.Rules[random.Next(c.Rules.Length)]];
        random.Shuffle(rules);
        var plain = Decide([Document("a", c.Rules, c.First), Document("b", c.More, c.Second)], c);
        var shuffled = Decide([Document("b", c.More, c.Second), Document("a", rules, c.First), Document("b", c.More, c.Second)], c);

        return (plain.Effect, plain.Policy, plain.Rule, plain.Granted, plain.Access, plain.Reason) == (shuffled.Effect, shuffled.Policy, shuffled.Rule, shuffled.Granted, shuffled.Access, shuffled.Reason)
            && plain.Matched.SequenceEqual(shuffled.Matched);
    });

    [Fact]
    public void Order_PolicyRepeatedUnderAnotherName_ChangesNoEffect() => ForAll(c =>
    {
        var plain = Decide([Document("a", c.Rules, c.First)], c);
        var repeated = Decide([Document("a", c.Rules, c.First), Document("z", c.Rules, c.First)], c);

        return (plain.Effect, plain.Granted, plain.Policy) == (repeated.Effect, repeated.Granted, repeated.Policy);
    });

    [Fact]
    public void Deny_Added_NeverWeakensAnything() => ForAll(c =>
    {
        var deny = c.Extra.Replace(", grant: true", "", StringComparison.Ordinal);
        deny = "  - { effect: deny" + deny[deny.IndexOf(", actions", StringComparison.Ordinal)..];

        return Decide([Document("a", [.. c.Rules, deny], c.First)], c).Effect >= Decide([Document("a", c.Rules, c.First)], c).Effect;
    });

    [Fact]
    public void Allow_OfACall_CoversEveryAccessInEverySpelling() => ForAll(c =>
    {
        var documents = new[] { Document("a", c.Rules, c.First) };
        if (Decide(documents, c).Effect != Effect.Allow)
        {
            return true;
        }

        return c.Accesses.All(a => Decide(documents, c with { Accesses = [a] }).Effect == Effect.Allow
            && (a.Real is null || Decide(documents, c with { Accesses = [a with { Resource = a.Real }] }).Effect == Effect.Allow)
            && (a.Real is null || Decide(documents, c with { Accesses = [a with { Real = a.Resource }] }).Effect == Effect.Allow));
    });

    [Fact]
    public void Fact_GoesMissing_OnlyTightens() => ForAll(c =>
    {
        string[] documents = [Document("a", c.Rules, c.First), Document("b", c.More, c.Second)];
        var before = Decide(documents, c);

        return Decide(documents, c with { Context = c.Context with { Branch = null } }).Effect >= before.Effect
            && Decide(documents, c with { Context = c.Context with { Project = null } }).Effect >= before.Effect;
    });

    [Fact]
    public void Nothing_IsAllowedWithoutARuleADefaultOrInertness() => ForAll(c =>
    {
        var decision = Decide([Document("a", c.Rules, c.First)], c);
        return decision.Effect != Effect.Allow
            || c.Accesses.Select((a, i) => (a, i)).All(x => x.a.Inert || c.First.Contains("defaultEffect: allow", StringComparison.Ordinal)
                || decision.Matched.Any(m => m.Access == x.i && m.Effect == Effect.Allow));
    });

    private static void ForAll(Func<Case, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(TestRuns.Times(200)), Prop.ForAll(Cases.ToArbitrary(), property));

    private static string Document(string name, string[] rules, string footer) => $"name: {name}\n{footer}rules:\n{string.Join('\n', rules)}\n";

    private static Decision Decide(string[] documents, Case c)
    {
        var result = PolicyCompiler.Compile([.. documents.Select((d, i) => new PolicySource($"{i}.yaml", d))], FloorSettings.Default);
        return Evaluator.Evaluate(result.Bundle ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics)), For(c.Accesses) with { Context = c.Context });
    }

    private sealed record Case(string[] Rules, string[] More, string First, string Second, RequestedAccess[] Accesses, ContextFacts Context, string Extra, int Seed)
    {
        public override string ToString() =>
            $"{Document("a", Rules, First)}\n{Document("b", More, Second)}\nextra {Extra}\n{string.Join((char)10, Accesses.Select(a => a.ToString()))}\n{Context} seed {Seed}";
    }
}
