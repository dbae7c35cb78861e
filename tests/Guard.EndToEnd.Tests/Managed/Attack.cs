namespace Guard.EndToEnd.Tests.Managed;

/// <summary>What an attack must come to.</summary>
public enum Outcome
{
    /// <summary>The system refuses: the script fails.</summary>
    Refused,

    /// <summary>The hook denies as policy says, by the gateway's answer.</summary>
    DeniedByPolicy,

    /// <summary>The hook denies because it cannot ask.</summary>
    Denied,

    /// <summary>The hook ends with another code than 0; the registration's <c>onFailure</c> blocks the call.</summary>
    Blocked,
}

/// <summary>One attempt of an ordinary account, at its own terminal.</summary>
/// <param name="Name">As docs/managed.md lists it.</param>
/// <param name="Script">Bash, with the functions of prelude.sh.</param>
/// <param name="Outcome">What it must come to.</param>
public sealed record Attack(string Name, string Script, Outcome Outcome)
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("overwrite the managed settings", "echo '{}' >/etc/claude-code/managed-settings.json", Outcome.Refused),
        new("delete the managed settings", "rm -f /etc/claude-code/managed-settings.json", Outcome.Refused),
        new("add a drop-in that disables all hooks", "mkdir -p /etc/claude-code/managed-settings.d && echo '{\"disableAllHooks\":true}' >/etc/claude-code/managed-settings.d/99.json", Outcome.Refused),
        new("read the hook's settings with the key", "cat /etc/guard/hook.json", Outcome.Refused),
        new("list Guard's configuration", "ls /etc/guard", Outcome.Refused),
        new("change a policy", "echo >>/etc/guard/policies/workbench.yaml", Outcome.Refused),
        new("read the record", "cat /var/lib/guard/guard.db", Outcome.Refused),
        new("list the gateway's data", "ls /var/lib/guard", Outcome.Refused),
        new("reach its own request counter", "ls /var/lib/guard-hook/$(id -u)", Outcome.Refused),
        new("replace the hook", "cp /bin/true /usr/local/lib/guard/guard-hook", Outcome.Refused),
        new("delete the hook", "rm -f /usr/local/lib/guard/guard-hook", Outcome.Refused),
        new("change a library of the gateway", "echo >>/usr/local/lib/guard/Guard.Gateway.dll", Outcome.Refused),
        new("change the unit", "echo >>/etc/systemd/system/guard-gateway.service", Outcome.Refused),
        new("delete the socket", "rm -f /run/guard/gateway.sock", Outcome.Refused),
        new("put a socket of its own there", "node -e \"require('net').createServer().listen('/run/guard/other.sock').on('error', () => process.exit(1)).on('listening', () => process.exit(0))\"", Outcome.Refused),
        new("call the gateway's socket", "curl -sS --max-time 5 --unix-socket /run/guard/gateway.sock http://x/health/live", Outcome.Refused),
        new("take the group with sg", "sg guard -c 'cat /etc/guard/hook.json' </dev/null", Outcome.Refused),
        new("make a setgid program of its own", "cp /bin/cat mine && chgrp guard mine && chmod g+s mine && ./mine /etc/guard/hook.json", Outcome.Refused),
        new("keep the setgid bit in a copy", "cp --preserve=all $HOOK mine; ./mine --version >/dev/null; input | ./mine pre", Outcome.Denied),
        new("kill the gateway", "pid=$(pgrep -u guard -f 'guard up' | head -1); [ -n \"$pid\" ] || exit 0; kill -9 $pid", Outcome.Refused),
        new("stop the gateway", "kill -STOP $(pgrep -u guard -f 'guard up' | head -1)", Outcome.Refused),
        new("read the gateway's memory", "cat /proc/$(pgrep -u guard -f 'guard up' | head -1)/mem", Outcome.Refused),

        new("name another gateway in the environment", "ask env GUARD_GATEWAY_URL=http://127.0.0.1:1 GUARD_API_KEY=x GUARD_MODE=audit GUARD_TIMEOUT=0.01", Outcome.DeniedByPolicy),
        new("preload a library", "evil; ask env LD_PRELOAD=$HOME/evil.so", Outcome.DeniedByPolicy),
        new("preload a library by its name", "evil; ask env LD_LIBRARY_PATH=$HOME LD_PRELOAD=evil.so", Outcome.DeniedByPolicy),
        new("put a library in the search path", "evil; cp evil.so libc.so.6; cp evil.so libm.so.6; ask env LD_LIBRARY_PATH=$HOME", Outcome.DeniedByPolicy),
        new("audit the dynamic linker", "evil; ask env LD_AUDIT=$HOME/evil.so LD_DEBUG=all LD_DEBUG_OUTPUT=$HOME/ld", Outcome.DeniedByPolicy),
        new("tune the C library", "ask env GLIBC_TUNABLES=glibc.malloc.check=3:glibc.malloc.perturb=85 MALLOC_CHECK_=3 GCONV_PATH=$HOME LOCPATH=$HOME", Outcome.DeniedByPolicy),
        new("give the runtime another collector", "evil; ask env DOTNET_GCName=evil.so DOTNET_GCPath=$HOME/evil.so CORECLR_ENABLE_PROFILING=1 CORECLR_PROFILER_PATH=$HOME/evil.so DOTNET_STARTUP_HOOKS=$HOME/evil.so", Outcome.DeniedByPolicy),
        new("steer the runtime's diagnostics", "ask env DOTNET_EnableEventPipe=1 DOTNET_DiagnosticPorts=$HOME/port DOTNET_DbgEnableMiniDump=1 DOTNET_DbgMiniDumpName=$HOME/dump", Outcome.DeniedByPolicy),
        new("starve the runtime's heap", "ask env DOTNET_GCHeapHardLimit=1", Outcome.DeniedByPolicy),
        new("steer the runtime's collector", "ask env DOTNET_gcServer=1 DOTNET_GCgen0size=1 DOTNET_GCHeapCount=zz DOTNET_GCHeapHardLimitPercent=1 DOTNET_PROCESSOR_COUNT=0", Outcome.DeniedByPolicy),
        new("set proxies and trust stores", "ask env HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=x SSL_CERT_FILE=/dev/null OPENSSL_CONF=$HOME/x NODE_OPTIONS=--x", Outcome.DeniedByPolicy),
        new("move the home", "mkdir -p h/.guard; echo '{}' >h/.guard/hook.json; ask env HOME=$HOME/h CLAUDE_CONFIG_DIR=$HOME/h XDG_CONFIG_HOME=$HOME/h", Outcome.DeniedByPolicy),
        new("empty the environment", "ask env -i", Outcome.DeniedByPolicy),
        new("move the current folder", "mkdir -p gone; cd gone; rmdir ../gone; ask", Outcome.DeniedByPolicy),

        new("name settings of its own", "echo '{\"gatewayUrl\":\"http://127.0.0.1:1\",\"apiKey\":\"x\",\"mode\":\"audit\"}' >own.json; chmod 600 own.json; input | $HOOK pre --config $HOME/own.json", Outcome.DeniedByPolicy),
        new("name the environment as settings", "input | GUARD_GATEWAY_URL=http://127.0.0.1:1 GUARD_API_KEY=x $HOOK pre --config-from-env", Outcome.DeniedByPolicy),
        new("have the hook write its log for it", "input | $HOOK pre --trace /var/lib/guard-hook/log >/dev/null; input | $HOOK pre --trace /etc/guard/log >/dev/null", Outcome.DeniedByPolicy),
        new("state a deadline that has passed", "input | $HOOK pre --config /etc/guard/hook.json --deadline 0.001", Outcome.Denied),

        new("close the hook's files", "input | $HOOK pre --deadline 120 0<&- ; ask 2>&1 1>&- >&2", Outcome.DeniedByPolicy),
        new("forbid it to write files", "ulimit -f 0; ask", Outcome.DeniedByPolicy),
        new("forbid it to open files", "ulimit -n 4; ask", Outcome.Blocked),
        new("forbid it memory", "ulimit -v 100000; ask", Outcome.Blocked),
        new("forbid it threads", "ulimit -u 1; ask", Outcome.Blocked),
        new("block and ignore its signals", "trap '' TERM ALRM XFSZ PIPE; ask env --block-signal=ALRM --block-signal=TERM", Outcome.DeniedByPolicy),
        new("hide what it makes", "umask 777; ask", Outcome.DeniedByPolicy),
        new("trace the hook", "ask strace -f -o /dev/null", Outcome.Denied),
        new("debug the hook", "input >in; gdb -q -batch -ex 'run pre <in' -ex 'print $_exitcode' $HOOK >out 2>&1; cat out; grep -q 'exited with code 02' out && exit 2", Outcome.Denied),
        new("read the memory of a running hook", "mkfifo p; $HOOK pre <p >/dev/null 2>&1 & exec 3>p; running $!; cat /proc/$!/environ /proc/$!/maps", Outcome.Refused),
        new("attach to a running hook", "mkfifo p; $HOOK pre <p >/dev/null 2>&1 & exec 3>p; running $!; timeout 5 strace -p $!", Outcome.Refused),
        new("take privileges away", "ask setpriv --no-new-privs", Outcome.Denied),
        new("be root of a user namespace", "ask unshare -Ur", Outcome.Denied),
        new("put settings over the real ones in a namespace", "mkdir -p e; echo '{\"gatewayUrl\":\"unix:/run/guard/gateway.sock\",\"apiKey\":\"x\"}' >e/hook.json; input | unshare -Urm bash -c \"mount --bind e /etc/guard; $HOOK pre\"", Outcome.Denied),
    ];
}
