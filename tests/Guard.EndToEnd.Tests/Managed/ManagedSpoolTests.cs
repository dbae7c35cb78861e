namespace Guard.EndToEnd.Tests.Managed;

/// <summary>What the hook of a managed machine denied while its gateway was away, out of reach of the account it is about.</summary>
public sealed class ManagedSpoolTests
{
    private const string Ask = "input /home/dev/notes.txt | $HOOK pre --config /etc/guard/hook.json --workspace /home/dev --deadline 120";
    private const string Stop = "kill $(cat /proc/1/task/1/children /proc/[0-9]*/task/*/children 2>/dev/null | tr ' ' '\\n' | while read p; do tr '\\0' ' ' <\"/proc/$p/cmdline\" 2>/dev/null | grep -q '/guard up' && echo $p; done | sort -u); while [ -S /run/guard/gateway.sock ]; do sleep 0.1; done";
    private const string Start = "(setsid /usr/local/lib/guard/start-gateway >/dev/null 2>&1 </dev/null &)";

    [ManagedFact]
    public async Task DeniedWhileTheGatewayWasAway_IsKeptOutOfReach_AndHandedOver()
    {
        var machine = new ManagedMachine();
        await machine.InitializeAsync();
        try
        {
            (await machine.RunAsync("root", Stop)).ExitCode.Should().Be(0);
            (await machine.RunAsync("dev", Ask)).ExitCode.Should().Be(2);

            (await machine.RunAsync("root", "wc -l <$(echo /var/lib/guard-hook/$(id -u dev)/spool)")).StandardOutput.Trim().Should().Be("1");
            (await machine.RunAsync("root", "stat -c '%a %U %G' /var/lib/guard-hook/$(id -u dev)/spool")).StandardOutput.Trim().Should().Be("600 dev guard");
            foreach (var attempt in new[] { "cat", "rm", "truncate -s 0" })
            {
                (await machine.RunAsync("dev", $"{attempt} /var/lib/guard-hook/$(id -u)/spool")).ExitCode.Should().NotBe(0, "no account reaches its own spool");
            }

            (await machine.RunAsync("root", Start)).ExitCode.Should().Be(0);
            var flushed = await machine.RunAsync("dev", "until $HOOK flush --config /etc/guard/hook.json 2>/dev/null; do sleep 0.1; done");
            flushed.StandardOutput.Should().Be("guard: 1 events of the spool were handed over\n", flushed.StandardError);
            (await machine.RunAsync("root", "wc -c <$(echo /var/lib/guard-hook/$(id -u dev)/spool)")).StandardOutput.Trim().Should().Be("0");
            (await machine.RunAsync("dev", Ask)).ExitCode.Should().Be(0);
        }
        finally
        {
            await machine.DisposeAsync();
        }
    }
}
