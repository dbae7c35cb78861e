using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Guarded;

namespace Guard.EndToEnd.Tests.Managed;

/// <summary>A managed installation whose gateway is elsewhere: reached by https, with a key made there and an authority of one's own.</summary>
public sealed class RemoteGatewayTests : IAsyncLifetime
{
    private const string Ask = "ask; echo \"denied: $?\"; input /home/dev/notes.txt | $HOOK pre --config /etc/guard/hook.json --workspace /home/dev; echo \"allowed: $?\"";

    private readonly ManagedMachine _machine = ManagedMachine.Bare();

    public Task InitializeAsync() => _machine.InitializeAsync();

    public Task DisposeAsync() => _machine.DisposeAsync();

    [ManagedFact]
    public async Task Installation_WithAGatewayElsewhere_GovernsAndIsTakenBack()
    {
        var address = await StartGatewayAsync();

        var installed = await InstallAsync(address, "ca.pem");
        installed.ExitCode.Should().Be(0, installed.StandardError);
        installed.StandardOutput.Should().Contain("Guard is in force.").And.NotContain("/var/lib/guard:").And.NotContain("guard-gateway");
        (await RootAsync("stat -c '%A %U:%G %n' /etc/guard/hook.json /etc/guard/ca.pem; ls -d /var/lib/guard /run/guard /etc/systemd/system/guard-gateway.service 2>/dev/null"))
            .Should().Be("-rw-r----- root:guard /etc/guard/hook.json\n-rw-r----- root:guard /etc/guard/ca.pem\n");
        (await RootAsync("cat /etc/claude-code/managed-settings.json")).Should().Contain("intra.example,localhost,127.0.0.1,::1");
        await ShouldGovernAsync();

        var doctor = await _machine.RunAsync("dev", "PATH=$PATH:/opt/client; guard doctor");
        doctor.StandardOutput.Should().Contain("All is well.", doctor.StandardError);
        (await RootAsync("PATH=$PATH:/opt/client; guard doctor --admin-key-file /opt/central/admin.key")).Should().Contain(address).And.Contain("All is well.");
        (await _machine.RunAsync("dev", "cat /etc/guard/hook.json /etc/guard/ca.pem")).ExitCode.Should().NotBe(0);

        // An authority that did not make the gateway's certificate.
        var untrusting = await InstallAsync(address, "other-ca.pem");
        untrusting.ExitCode.Should().NotBe(0);
        untrusting.StandardError.Should().Contain("the canary failed");
        await ShouldDenyAllAsync("certificate");
        (await RootAsync("guard doctor")).Should().Contain("gateway.unreachable").And.Contain("`caFile` of the hook's settings");
        (await InstallAsync(address, "ca.pem")).ExitCode.Should().Be(0);
        await ShouldGovernAsync();

        await RootAsync("kill $(cat /opt/central/pid); while kill -0 $(cat /opt/central/pid) 2>/dev/null; do sleep 0.05; done");
        await ShouldDenyAllAsync("gateway");

        var left = await RootAsync("guard init --managed --uninstall --purge; cmp /run/settings-before /etc/claude-code/managed-settings.json && echo same; ls -d /etc/guard /var/lib/guard-hook /usr/local/lib/guard /usr/local/bin/guard 2>/dev/null; getent passwd guard");
        left.Should().EndWith("same\n");
    }

    // As on the machine that governs many: a certificate by an authority of its own, and a key for this machine's agent.
    private async Task<string> StartGatewayAsync()
    {
        const string script = """
            set -e
            mkdir -m 700 /opt/central; cd /opt/central
            for authority in ca other-ca; do
              openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$authority" -keyout $authority.key -out $authority.pem 2>/dev/null
            done
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout server.key -out server.csr 2>/dev/null
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >extensions
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile extensions -out server.pem 2>/dev/null
            GUARD up --data data --policies POLICIES --no-tcp --https 127.0.0.1:0 --certificate server.pem --key server.key --admin-key-file admin.key >up.log 2>&1 </dev/null &
            echo $! >pid
            until grep -q 'Ctrl-C' up.log; do kill -0 $! || { cat up.log; exit 1; }; sleep 0.1; done
            address=$(grep -o 'https://127.0.0.1:[0-9]*' up.log | head -1)
            GUARD agent create laptop --tag claude-code --gateway $address --ca-file ca.pem --admin-key-file admin.key >created
            grep -o 'guard_agent_[A-Za-z0-9_-]*' created >agent.key
            chmod 600 agent.key
            echo $address
            """;
        var result = await _machine.RunAsync(
            "root",
            script.Replace("GUARD", GuardDistribution.Command, StringComparison.Ordinal).Replace("POLICIES", Repository.InTests("Policies"), StringComparison.Ordinal));
        result.ExitCode.Should().Be(0, result.StandardOutput + result.StandardError);
        return result.StandardOutput.Trim();
    }

    private Task<ProgramResult> InstallAsync(string address, string authorities) =>
        _machine.RunAsync("root", $"{GuardDistribution.Command} init --managed --gateway {address} --ca-file /opt/central/{authorities} --agent-key-file /opt/central/agent.key");

    private async Task ShouldGovernAsync()
    {
        var asked = await _machine.RunAsync("dev", Ask);
        asked.StandardOutput.Should().Contain("denied: 2").And.Contain("allowed: 0", asked.StandardError);
        asked.StandardError.Should().StartWith("guard: denied by policy workbench, rule secrets");
    }

    private async Task ShouldDenyAllAsync(string because)
    {
        var asked = await _machine.RunAsync("dev", Ask);
        asked.StandardOutput.Should().Contain("denied: 2").And.Contain("allowed: 2");
        asked.StandardError.Should().StartWith("guard: denied").And.Contain(because).And.NotContain("by policy");
    }

    private async Task<string> RootAsync(string script) => (await _machine.RunAsync("root", script)).StandardOutput;
}
