namespace Guard.EndToEnd.Tests.Managed;

/// <summary>What the installation makes, repeats and takes back, on a machine of its own.</summary>
public sealed class ManagedInstallationTests : IAsyncLifetime
{
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

    private async Task<string> RootAsync(string script) => (await _machine.RunAsync("root", script)).StandardOutput;
}
