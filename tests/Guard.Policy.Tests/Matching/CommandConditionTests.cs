using System.Text.Json;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Policy.Evaluation;
using Guard.Policy.Tests.Suites;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.Matching;

/// <summary>Section "command" of the policy language, over the lines that the real adapter takes apart.</summary>
public sealed class CommandConditionTests
{
    private const string AllowAll = "{ id: all, effect: allow, actions: [\"*\"] }";

    /// <summary>The language's own example, and its twin.</summary>
    [Theory]
    [InlineData("rm -fr x", true)]
    [InlineData("rm -r -f x", true)]
    [InlineData("\\rm --recursive --force x", true)]
    [InlineData("rm --recurs --forc x", true)]
    [InlineData("/bin/rm -rf x", true)]
    [InlineData("./rm -rf x", true)]
    [InlineData("sudo rm -rf x", true)]
    [InlineData("ls | xargs rm -rf", true)]
    [InlineData("bash -c 'rm -rf x'", true)]
    [InlineData("cd y && { true; (rm -r x -f); }", true)]
    [InlineData("f() { rm -rf x; }; f", true)]
    [InlineData("echo $(rm -rf x)", true)]
    [InlineData("env A=1 timeout 5 rm -rf x", true)]
    [InlineData("find . -exec rm -rf {} +", true)]
    [InlineData("git commit -m \"rm -rf\"", false)]
    [InlineData("echo rm -rf x", false)]
    [InlineData("rm -f x", false)]
    [InlineData("rm -r x", false)]
    [InlineData("rmdir -rf x", false)]
    public void Deny_ProgramWithFlags_MeansItInEverySpelling(string line, bool denied) =>
        Decide($"{{ name: p, rules: [ {AllowAll}, {{ id: r, effect: deny, actions: [\"execute:shell\"], conditions: {{ command: {{ program: rm, flags: [recursive, force] }} }} }} ] }}", line)
            .Matched.Any(m => m.Rule == "r").Should().Be(denied);

    [Theory]
    [InlineData("git push", true)]
    [InlineData("git -C x push --force", true)]
    [InlineData("git --no-pager push", true)]
    [InlineData("git remote add o u", false)]
    [InlineData("git commit -m push", false)]
    [InlineData("git stash push", false)]
    public void Deny_Subcommand_StandsBehindTheProgramsOwnOptions(string line, bool denied) =>
        Decide($"{{ name: p, rules: [ {AllowAll}, {{ id: r, effect: deny, actions: [\"execute:shell\"], conditions: {{ command: {{ program: git, subcommand: push }} }} }} ] }}", line)
            .Matched.Any(m => m.Rule == "r").Should().Be(denied);

    /// <summary>Only what a description says of the program that the search path gives.</summary>
    [Theory]
    [InlineData("git status", true)]
    [InlineData("git status && git log", true)]
    [InlineData("git status; git push", false)]
    [InlineData("git status --unheard-of", false)]
    [InlineData("git push", false)]
    [InlineData("./git status", false)]
    [InlineData("kubectl-unheard-of list", false)]
    [InlineData("sort -o x y", false)]
    public void Allow_Reads_CoversWhatOnlyLooks(string line, bool allowed) =>
        (Decide("{ name: p, rules: [ { id: r, effect: allow, actions: [\"execute:shell\"], conditions: { command: { reads: true } } }, { id: files, effect: allow, actions: [\"*:file\"] } ] }", line).Effect == Effect.Allow)
            .Should().Be(allowed);

    [Theory]
    [InlineData("aws ec2 describe-instances", false)]
    [InlineData("aws ec2 terminate-instances", true)]
    [InlineData("aws ec2 $VERB", true)]
    [InlineData("ls", false)]
    public void Deny_ThatDoesNotRead_MeansWhatIsNotKnownToOnlyLook(string line, bool denied) =>
        Decide($"{{ name: p, rules: [ {AllowAll}, {{ id: r, effect: deny, actions: [\"execute:shell\"], conditions: {{ command: {{ program: aws, reads: false }} }} }} ] }}", line)
            .Matched.Any(m => m.Rule == "r").Should().Be(denied);

    [Theory]
    [InlineData("npm i left-pad", true)]
    [InlineData("npm install --save-dev left-pad", true)]
    [InlineData("npm install", false)]
    [InlineData("npm ci", false)]
    public void Deny_Args_MeansAnyWordBehindTheSubcommand(string line, bool denied) =>
        Decide($"{{ name: p, rules: [ {AllowAll}, {{ id: r, effect: deny, actions: [\"execute:shell\"], conditions: {{ command: {{ program: npm, subcommand: install, args: \"[!-]*\" }} }} }} ] }}", line)
            .Matched.Any(m => m.Rule == "r").Should().Be(denied);

    /// <summary>A pattern stands for one subcommand, never for an option or for a word that may be an option's value.</summary>
    [Theory]
    [InlineData("aws ec2 describe-instances", true)]
    [InlineData("aws --region x ec2 describe-instances --max-items 3", true)]
    [InlineData("aws ec2 run-instances", false)]
    [InlineData("aws ec2 run-instances describe-instances", false)]
    [InlineData("aws --unheard-of ec2 describe-instances", false)]
    [InlineData("aws --unheard-of x ec2 describe-instances", false)]
    [InlineData("aws ec2 --describe-x", false)]
    [InlineData("aws ec2", false)]
    [InlineData("aws $X describe-instances", false)]
    public void Allow_SubcommandPattern_CoversOneWordEach(string line, bool allowed) =>
        (Decide("{ name: p, rules: [ { effect: allow, actions: [\"execute:shell\"], conditions: { command: { program: aws, subcommand: \"* describe-*\" } } }, { effect: allow, actions: [\"*:file\"] } ] }", line).Effect == Effect.Allow)
            .Should().Be(allowed);

    [Theory]
    [InlineData("tool a delete-x", true)]
    [InlineData("tool --opt a DELETE-x", true)]
    [InlineData("tool delete-x", false)]
    public void Deny_SubcommandPattern_IsGenerous(string line, bool denied) =>
        Decide($"{{ name: p, rules: [ {AllowAll}, {{ id: r, effect: deny, actions: [\"execute:shell\"], conditions: {{ command: {{ program: tool, subcommand: \"* delete-*\" }} }} }} ] }}", line)
            .Matched.Any(m => m.Rule == "r").Should().Be(denied);

    /// <summary>An allow is exact: the program by its name, every word covered, every command of the line.</summary>
    [Theory]
    [InlineData("tool one", true)]
    [InlineData("tool one two", false)]
    [InlineData("tool One", false)]
    [InlineData("Tool one", false)]
    [InlineData("./tool one", false)]
    [InlineData("/home/dev/bin/tool one", false)]
    [InlineData("tool one; tool one", true)]
    [InlineData("tool one; other", false)]
    [InlineData("tool \"$X\"", false)]
    [InlineData("tool $X", false)]
    [InlineData("$X one", false)]
    public void Allow_ProgramWithArgs_CoversNothingElse(string line, bool allowed) =>
        (Decide("{ name: p, rules: [ { effect: allow, actions: [\"execute:shell\"], conditions: { command: { program: tool, args: one } } }, { effect: allow, actions: [\"*:file\"] } ] }", line).Effect == Effect.Allow)
            .Should().Be(allowed);

    /// <summary>Words that are not known count where a rule against the command depends on them, and only there.</summary>
    [Theory]
    [InlineData("git log \"x$Y\"", Effect.Allow)]
    [InlineData("git push \"x$Y\"", Effect.Ask)]
    [InlineData("git push origin", Effect.Allow)]
    [InlineData("git push origin production", Effect.Deny)]
    public void Words_NotKnown_AreLeftToUnresolvedWhereARuleDependsOnThem(string line, Effect effect) =>
        Decide("{ name: p, shell: { unresolved: ask }, rules: [ { effect: allow, actions: [\"execute:shell\"], conditions: { command: { program: git } } }, { effect: allow, actions: [\"*:file\", \"connect:*\"] }, "
            + "{ effect: deny, actions: [\"execute:shell\"], conditions: { command: { program: git, subcommand: push, args: \"prod*\" } } } ] }", line).Effect.Should().Be(effect);

    /// <summary>Invariants 2 and 3 over commands: adding a deny never allows, order means nothing, and what an allow covers a deny of the same condition forbids.</summary>
    [Fact]
    public void Rules_OverRandomLines_KeepTheInvariants()
    {
        string[] commands = ["git status", "git push --force", "rm -rf x", "npm i x", "cat a b", "$X", "sudo ls", "echo x", "tool \"$Y\"", "curl https://a.example", "bash -c 'rm x'", "ls | xargs rm"];
        string[] joins = [" && ", "; ", " | ", " || ", " & "];
        string[] conditions = ["program: git", "program: rm, flags: [recursive]", "program: [npm, cat]", "program: \"*\", args: \"*\"", "program: git, anyFlags: [force, f]", "program: tool"];
        var random = new Random(20260804);
        for (var i = 0; i < TestRuns.Times(300); i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(n => (n > 0 ? joins[random.Next(joins.Length)] : "") + commands[random.Next(commands.Length)]));
            var rules = Enumerable.Range(0, random.Next(1, 5)).Select(n =>
                $"{{ id: r{n}, effect: {(random.Next(3) == 0 ? "deny" : "allow")}, actions: [\"execute:*\"], conditions: {{ command: {{ {conditions[random.Next(conditions.Length)]} }} }} }}").ToList();
            var files = "{ id: files, effect: allow, actions: [\"*:file\", \"read:web_fetch\"] }";
            var decision = Decide($"{{ name: p, rules: [ {string.Join(", ", rules)}, {files} ] }}", line);

            Decide($"{{ name: p, rules: [ {files}, {string.Join(", ", Enumerable.Reverse(rules))} ] }}", line).Effect.Should().Be(decision.Effect, "of {0}", line);
            var more = $"{{ id: more, effect: deny, actions: [\"execute:*\"], conditions: {{ command: {{ {conditions[random.Next(conditions.Length)]} }} }} }}";
            var tightened = Decide($"{{ name: p, rules: [ {string.Join(", ", rules)}, {files}, {more} ] }}", line).Effect;
            (tightened == decision.Effect || tightened == Effect.Deny).Should().BeTrue("of {0}", line);
            if (decision.Effect == Effect.Allow)
            {
                var turned = string.Join(", ", rules.Select(r => r.Replace("effect: allow", "effect: deny", StringComparison.Ordinal)));
                var needed = Accesses(line).Any(a => a is { Action: "execute:shell", Inert: false });
                if (needed) Decide($"{{ name: p, rules: [ {AllowAll}, {turned} ] }}", line).Effect.Should().Be(Effect.Deny, "of {0}", line);
            }
        }
    }

    private static Decision Decide(string document, string line) => Evaluator.Evaluate(Bundle(document), For([.. Accesses(line)]));

    private static IReadOnlyList<RequestedAccess> Accesses(string line)
    {
        var context = new AdapterContext { Paths = new StatedPathView().AddFolder("/home/dev/app").AddFile("/home/dev/app/a"), Home = "/home/dev", Workspace = "/home/dev/app" };
        return StatedCalls.Requested(ClaudeCodeAdapter.AdaptTool("Bash", JsonSerializer.SerializeToUtf8Bytes(new { command = line }), "/home/dev/app", context).Accesses);
    }
}
