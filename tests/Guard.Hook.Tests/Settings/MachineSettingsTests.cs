using System.Diagnostics;

namespace Guard.Hook.Tests.Settings;

/// <summary>
/// The machine's settings in their real place, in a mount namespace of the test's own. Where the tests do not run as root,
/// a user namespace makes them root of that namespace alone.
/// </summary>
[Collection(HookProcesses.Name)]
public sealed class MachineSettingsTests(HookBinary hook)
{
    [Theory]
    [InlineData("true", "the gateway at unix:/nowhere/managed.sock cannot be reached")]
    [InlineData("chmod 666 /etc/guard/hook.json", "others than their owner may write them")]
    [InlineData("chown 1000 /etc/guard/hook.json", "must belong to root")]
    [InlineData("chmod 777 /etc/guard", "others than their owner may write them")]
    [InlineData("chown 1000 /etc/guard", "must belong to root")]
    [InlineData("chmod 777 /etc/guard; rm /etc/guard/hook.json", "others than their owner may write them")]
    [InlineData("rm -r /etc/guard", "the gateway at http://127.0.0.1:1 cannot be reached")]
    public async Task MachineSettings_InTheirPlace_WinOrAreDistrusted(string change, string reason)
    {
        _ = hook;
        const string script = """
            set -e
            mount -t tmpfs none /mnt
            mkdir /mnt/etc
            cp /etc/passwd /mnt/etc/
            mkdir -m 755 /mnt/etc/guard
            echo '{"gatewayUrl":"unix:/nowhere/managed.sock","apiKey":"guard_agent_test"}' >/mnt/etc/guard/hook.json
            chmod 644 /mnt/etc/guard/hook.json
            mount --bind /mnt/etc /etc
            eval "$1"
            export GUARD_GATEWAY_URL=http://127.0.0.1:1 GUARD_API_KEY=guard_agent_test
            set +e
            echo '{"tool_name":"Read","tool_input":{"path":"README.md"}}' | "$2" pre --config-from-env >/dev/null
            echo "exit $?"
            """;
        // Another owner than root exists in a user namespace only where a range of ids is mapped.
        string[] namespaces = Environment.IsPrivilegedProcess ? ["-m", "--propagation", "private"] : ["-m", "--propagation", "private", "--map-root-user", "--map-auto"];
        var start = new ProcessStartInfo("unshare", [.. namespaces, "bash", "-c", script, "bash", change, HookBinary.FilePath])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        (await error).Should().Contain(reason);
        output.Should().EndWith("exit 2\n");
    }
}
