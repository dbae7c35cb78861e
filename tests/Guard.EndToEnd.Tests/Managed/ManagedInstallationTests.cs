using Guard.EndToEnd.Tests.Bench;

namespace Guard.EndToEnd.Tests.Managed;

/// <summary>What the installation makes, repeats and takes back, on a machine of its own.</summary>
public sealed class ManagedInstallationTests : IAsyncLifetime
{
    /// <summary>Of 10, where less is better; what is left is the network, which a gateway of a machine does not need, and the runtime.</summary>
    private const string Exposure = "1.7";

    private readonly ManagedMachine _machine = new();

    public Task InitializeAsync() => _machine.InitializeAsync();

    public Task DisposeAsync() => _machine.DisposeAsync();

    [ManagedFact]
    public async Task Installation_MadeRepeatedAndTakenBack_LeavesWhatWasThere()
    {
        var modes = await RootAsync("stat -c '%A %U:%G %n' /etc/guard /etc/guard/hook.json /var/lib/guard /var/lib/guard-hook /usr/local/lib/guard/guard-hook /run/guard/gateway.sock");
        modes.Should().Be("""
            drwxr-x--- root:guard /etc/guard
            -rw-r----- root:guard /etc/guard/hook.json
            drwx------ guard:guard /var/lib/guard
            drwxrws--- root:guard /var/lib/guard-hook
            -rwxr-sr-x root:guard /usr/local/lib/guard/guard-hook
            srw-rw---- guard:guard /run/guard/gateway.sock

            """);
        (await RootAsync("cat /run/init-2")).Should().Contain("things are as they should be").And.Contain("Canary: ").And.NotContain(": made").And.NotContain(": changed");
        (await RootAsync("cat /etc/claude-code/managed-settings.json")).Should().Contain("keep me").And.Contain("intra.example,localhost").And.Contain("allowManagedHooksOnly");

        var doctor = await _machine.RunAsync("dev", "PATH=$PATH:/opt/client; guard doctor");
        doctor.StandardOutput.Should().Contain("installation   managed").And.Contain("All is well.");
        var asRoot = await RootAsync("guard doctor --admin-key-file /etc/guard-admin.key | cat");
        asRoot.Should().Contain("unix:/run/guard/gateway.sock").And.NotContain("gateway.unreachable");

        (await RootAsync("guard init --managed --uninstall --dry-run; ls /etc/guard/hook.json")).Should().Contain("nothing was changed").And.EndWith("/etc/guard/hook.json\n");
        (await RootAsync("guard=$(readlink -f /usr/local/bin/guard); $guard init --managed --uninstall; cmp /run/settings-before /etc/claude-code/managed-settings.json && echo same; ls -d /usr/local/lib/guard /etc/guard/hook.json /etc/systemd/system/guard-gateway.service /var/lib/guard 2>/dev/null"))
            .Should().Contain("folder /var/lib/guard: kept").And.EndWith("same\n/var/lib/guard\n");
    }

    [ManagedFact]
    public async Task Installation_Purged_LeavesNoAccountAndNoData()
    {
        var left = await RootAsync("pkill -u guard; guard init --managed --uninstall --purge; ls -d /etc/guard /var/lib/guard /var/lib/guard-hook /usr/local/lib/guard /usr/local/bin/guard 2>/dev/null; getent passwd guard; getent group guard");

        left.Should().Contain("account guard: remove: done").And.NotContain("\n/").And.NotContain("guard:x:");
    }

    [ManagedFact]
    public async Task Unit_AsWritten_IsAcceptedBySystemd()
    {
        var verified = await _machine.RunAsync("root", "systemd-analyze verify --man=no /etc/systemd/system/guard-gateway.service");
        verified.ExitCode.Should().Be(0, verified.StandardError);
        // Of the units it depends on, the system's, it may have something to say.
        verified.StandardError.Should().NotContain("guard");

        var exposure = await RootAsync("systemd-analyze security --no-pager --offline=yes /etc/systemd/system/guard-gateway.service");
        exposure.Should().Contain($"exposure level for guard-gateway.service: {Exposure} OK");
        (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "managed.md"))).Should().Contain($"`systemd-analyze security` gives it an exposure of {Exposure}");
    }

    /// <summary>
    /// What systemd would do with the unit, without systemd: its account, folders, mask and environment, no privileges, and
    /// everything else read-only.
    /// </summary>
    [ManagedFact]
    public async Task Unit_ItsLineStartedAsSystemdWould_ServesTheHook()
    {
        const string script = """
            of() { sed -n "s/^$1=//p" /etc/systemd/system/guard-gateway.service; }
            pkill -u guard; while pgrep -u guard >/dev/null; do sleep 0.05; done
            rm -rf /run/guard
            install -d -o "$(of User)" -g "$(of Group)" -m "$(of RuntimeDirectoryMode)" "/run/$(of RuntimeDirectory)"
            install -d -o "$(of User)" -g "$(of Group)" -m "$(of StateDirectoryMode)" "/var/lib/$(of StateDirectory)"
            export RUN="/run/$(of RuntimeDirectory)" STATE="/var/lib/$(of StateDirectory)" MASK="$(of UMask)" FILES="$(of LimitNOFILE)" ACCOUNT="$(of User)" GROUP="$(of Group)" LINE="$(of ExecStart)"
            touch /usr/local/lib/guard/can-be-written && rm /usr/local/lib/guard/can-be-written
            unshare -m --propagation private bash -c '
              mount --bind $RUN $RUN; mount --bind $STATE $STATE
              while read -r _ _ _ _ at _; do
                case $at in $RUN|$STATE|/proc*|/dev*|/sys*) ;; *) mount -o remount,bind,ro "$at" 2>/dev/null ;; esac
              done </proc/self/mountinfo
              mount -t tmpfs -o mode=1777 none /tmp; mount -t tmpfs -o mode=755,ro none /home
              touch /usr/local/lib/guard/x 2>/dev/null && echo "not read-only"
              umask $MASK; ulimit -n $FILES; cd /
              exec env -i PATH=/usr/bin:/bin LANG=C.UTF-8 USER=$ACCOUNT HOME=$STATE RUNTIME_DIRECTORY=$RUN STATE_DIRECTORY=$STATE                 setpriv --reuid $ACCOUNT --regid $GROUP --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all $LINE' >/run/unit.log 2>&1 &
            until curl -s --unix-socket /run/guard/gateway.sock http://gateway.invalid/health/ready; do kill -0 $! || break; sleep 0.1; done
            echo; stat -c '%A %U:%G' /run/guard/gateway.sock; cat /run/unit.log
            """;

        var started = await RootAsync(script);

        started.Should().Contain("srw-rw---- guard:guard").And.Contain("\"status\":\"ok\"").And.NotContain("not read-only");
        var denied = await _machine.RunAsync("dev", "ask");
        denied.ExitCode.Should().Be(2, started);
        denied.StandardError.Should().StartWith("guard: denied by policy workbench, rule secrets");
        (await _machine.RunAsync("dev", "input /home/dev/notes.txt | $HOOK pre --config /etc/guard/hook.json --workspace /home/dev")).ExitCode.Should().Be(0);
    }

    private async Task<string> RootAsync(string script) => (await _machine.RunAsync("root", script)).StandardOutput;
}
