using Guard.EndToEnd.Tests.Bench;

namespace Guard.EndToEnd.Tests.Managed;

/// <summary>
/// An ordinary account tries to take a managed installation apart, or to get a call past it, at its own terminal. After each
/// attempt the hook still denies what policy denies and allows what it allows.
/// </summary>
[Collection(ManagedMachines.Name)]
public sealed class ManagedAttackTests(ManagedMachine machine)
{
    private const string Allowed = "input /home/dev/notes.txt | $HOOK pre --config /etc/guard/hook.json --workspace /home/dev --deadline 120";
    private const string PolicySays = "guard: denied by policy workbench, rule secrets";

    public static TheoryData<string> Names => [.. Attack.All.Select(attack => attack.Name)];

    [ManagedTheory]
    [MemberData(nameof(Names))]
    public async Task Attack_ByAnOrdinaryAccount_ComesToNothing(string name)
    {
        var attack = Attack.All.Single(candidate => candidate.Name == name);
        // Leftovers of the attempt before must not help or hinder.
        var result = await machine.RunAsync("dev", $"cd $(mktemp -d); export HOME=$PWD; {attack.Script}");

        var said = $"exit code {result.ExitCode}, {result.StandardOutput}{result.StandardError}";
        result.StandardOutput.Should().NotContain("guard_agent_").And.NotContain("SQLite format");
        switch (attack.Outcome)
        {
            case Outcome.Refused:
                result.ExitCode.Should().NotBe(0, said);
                break;
            case Outcome.DeniedByPolicy:
                result.ExitCode.Should().Be(2, said);
                (result.StandardOutput + result.StandardError).Should().Contain(PolicySays, said);
                break;
            case Outcome.Denied:
                result.ExitCode.Should().Be(2, said);
                (result.StandardOutput + result.StandardError).Should().Contain("guard: denied", said);
                break;
            default:
                result.ExitCode.Should().NotBe(0, said);
                break;
        }

        await ShouldHoldAsync();
    }

    /// <summary>So that the rows above can fail: outside a managed installation the library does get into the hook.</summary>
    [ManagedFact]
    public async Task Preload_OfAHookWithoutItsSetgidBit_TakesItOver()
    {
        var result = await machine.RunAsync("dev", "cd $(mktemp -d); export HOME=$PWD; evil; cp $HOOK mine; input | LD_PRELOAD=$HOME/evil.so ./mine pre");

        result.ExitCode.Should().Be(0, "the library ended it, and the client would take that for no objection");
    }

    [ManagedFact]
    public async Task Socket_ServedByAnotherAccount_IsNotSpokenTo()
    {
        const string script = """
            cd /run/guard; mv gateway.sock real.sock; chmod 777 .
            trap 'chmod 755 /run/guard; rm -f gateway.sock; mv real.sock gateway.sock' EXIT
            setpriv --reuid dev --regid dev --clear-groups node -e "require('net').createServer(c => c.on('data', d => console.log(String(d)))).listen('/run/guard/gateway.sock', () => console.log('ready'))" >/tmp/served.$$ &
            until [ -S gateway.sock ]; do sleep 0.05; done
            chmod 666 gateway.sock
            input | setpriv --reuid dev --regid dev --clear-groups $HOOK pre; code=$?
            kill %1; cat /tmp/served.$$; exit $code
            """;

        var result = await machine.RunAsync("root", script);

        result.ExitCode.Should().Be(2);
        result.StandardError.Should().Contain("is served by the account with the number").And.Contain("the gateway runs as guard").And.Contain("Nothing was sent to it");
        result.StandardOutput.Should().NotContain("guard_agent_").And.NotContain("POST");
        await ShouldHoldAsync();
    }

    [ManagedFact]
    public async Task Group_GivenToAPerson_OpensTheSocketAndNotTheGateway()
    {
        var result = await machine.RunAsync("root", "setpriv --reuid dev --regid dev --groups guard curl -sS --unix-socket /run/guard/gateway.sock http://x/health/live");

        result.StandardOutput.Should().Contain("peer-refused");
        await ShouldHoldAsync();
    }

    [ManagedFact]
    public async Task Hook_AskedAboutFilesOfItsGroup_SeesThemNoMoreThanItsUser()
    {
        // A link that only the group can follow: resolved, it would name its target.
        await machine.RunAsync("root", "mkdir -p /var/lib/guard-hook/probe; ln -sfn /home/dev/.env /var/lib/guard-hook/probe/link");

        var result = await machine.RunAsync("dev", "input /var/lib/guard-hook/probe/link | $HOOK pre --trace /home/dev/trace.log; cat /home/dev/trace.log");

        result.StandardOutput.Should().Contain("access read:file /var/lib/guard-hook/probe/link").And.NotContain("/home/dev/.env");
    }

    [Fact]
    public void Document_ListsEveryAttack()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "managed.md"));

        document.Should().ContainAll(Attack.All.Select(attack => $"| {attack.Name} |"));
    }

    private async Task ShouldHoldAsync()
    {
        var allowed = await machine.RunAsync("dev", Allowed);
        allowed.ExitCode.Should().Be(0, allowed.StandardError);
        var denied = await machine.RunAsync("dev", "ask");
        denied.ExitCode.Should().Be(2);
        denied.StandardError.Should().StartWith(PolicySays);
    }
}

[CollectionDefinition(Name)]
public sealed class ManagedMachines : ICollectionFixture<ManagedMachine>
{
    public const string Name = "managed machines";
}
