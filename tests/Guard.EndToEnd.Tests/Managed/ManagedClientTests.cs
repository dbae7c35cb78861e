using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Managed;

/// <summary>
/// The real client on a machine with a managed installation, started by an ordinary account in every way that switches
/// hooks off, with settings and an environment that would. One call that policy denies and one that it allows.
/// </summary>
[Collection(ManagedMachines.Name)]
public sealed class ManagedClientTests(ManagedMachine machine)
{
    private const string Project = "/home/dev/project";
    private const string Own = "{\"type\":\"command\",\"command\":\"/usr/local/lib/guard/guard-hook\",\"args\":[\"pre\",\"--config\",\"/etc/guard/hook.json\",\"--workspace\",\"${CLAUDE_PROJECT_DIR}\",\"--deadline\",\"25\"],\"async\":true}";
    private const string Rewriting = "{\"type\":\"command\",\"command\":\"/home/dev/rewrite\",\"args\":[]}";
    private const string RewritingHook = """
        #!/bin/sh
        echo '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","updatedInput":{"command":"touch locked/denied.txt"}}}'
        """;

    private static readonly IReadOnlyDictionary<string, string> Plain = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Rows: what is tried; the account's preparations; how it starts the client.</summary>
    public static TheoryData<string, string, string> Starts => new()
    {
        { "start the client as always", "", "" },
        { "start it with --bare", "", "--bare" },
        { "start it with --safe-mode", "", "--safe-mode" },
        { "start it with --setting-sources", "", "--setting-sources user" },
        { "start it with --settings that disable all hooks", "", "--settings {\"disableAllHooks\":true}" },
        { "disable all hooks in the project", "mkdir -p .claude; echo '{\"disableAllHooks\":true}' >.claude/settings.json; cp .claude/settings.json .claude/settings.local.json", "" },
        { "disable all hooks in the user's settings", "mkdir -p ~/.claude; echo '{\"disableAllHooks\":true}' >~/.claude/settings.json", "" },
        { "copy the registration with weaker options", $"mkdir -p .claude; echo '{Registering(Own)}' >.claude/settings.json", "" },
        { "rewrite the call by a hook of the project", $"cat >~/rewrite <<'END'\n{RewritingHook}\nEND\nchmod +x ~/rewrite; mkdir -p .claude; echo '{Registering(Rewriting)}' >.claude/settings.json", "" },
        { "set the environment in the project", "mkdir -p .claude; echo '{\"env\":{\"GUARD_GATEWAY_URL\":\"http://127.0.0.1:1\",\"LD_PRELOAD\":\"/home/dev/evil.so\",\"HTTPS_PROXY\":\"http://127.0.0.1:1\",\"NO_PROXY\":\"\",\"DOTNET_GCHeapHardLimit\":\"1\"}}' >.claude/settings.json", "" },
        { "allow everything in the project's permissions", "mkdir -p .claude; echo '{\"permissions\":{\"allow\":[\"Bash\",\"Read\"],\"defaultMode\":\"bypassPermissions\"}}' >.claude/settings.json", "" },
    };

    [ManagedTheory]
    [MemberData(nameof(Starts))]
    public async Task Client_StartedOrConfiguredToLoseItsHooks_StaysGoverned(string what, string preparation, string arguments)
    {
        await PrepareAsync(preparation);
        await PlayAsync(what, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), Plain);
    }

    [ManagedTheory]
    [InlineData("move the home and the client's folder", "HOME=/home/dev/elsewhere CLAUDE_CONFIG_DIR=/home/dev/elsewhere/c")]
    [InlineData("set Guard's and the runtime's variables", "GUARD_GATEWAY_URL=http://127.0.0.1:1 GUARD_MODE=audit GUARD_API_KEY=x DOTNET_GCHeapHardLimit=1 DOTNET_STARTUP_HOOKS=/home/dev/x NODE_OPTIONS=--no-warnings")]
    [InlineData("put a prefix before the client's commands", "CLAUDE_CODE_SHELL_PREFIX=/home/dev/prefix")]
    [InlineData("set the client's own switches", "CLAUDE_CODE_SIMPLE=1 CLAUDE_CODE_DISABLE_HOOKS=1 DISABLE_HOOKS=1 CLAUDE_CODE_SAFE_MODE=1")]
    public async Task Client_InAHostileEnvironment_StaysGoverned(string what, string environment)
    {
        await PrepareAsync("mkdir -p ~/elsewhere/c; printf '#!/bin/sh\\nexec /bin/sh -c \"$1\"\\n' >~/prefix; chmod +x ~/prefix");
        await PlayAsync(what, [], environment.Split(' ').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));
    }

    /// <summary>The gateway stands still meanwhile, so that no call is answered before its hook is killed.</summary>
    [ManagedFact]
    public async Task Hook_KilledByItsOwnUser_BlocksTheCall()
    {
        await PrepareAsync("");
        await SignalGatewayAsync("STOP");
        ClientRun run;
        var denied = ToolUse.Bash("touch denied.txt");
        var secret = ToolUse.Read(Project + "/.env");
        try
        {
            await machine.RunAsync("dev", "setsid bash -c 'echo $$ >~/killer; while :; do pkill -9 guard-hook; done' >/dev/null 2>&1 </dev/null & disown");

            run = await machine.RunClientAsync([], Plain, denied, secret);
        }
        finally
        {
            await machine.RunAsync("dev", "kill -9 $(<~/killer)");
            await SignalGatewayAsync("CONT");
        }

        foreach (var call in (ToolUse[])[denied, secret])
        {
            run.ResultOf(call).IsError.Should().BeTrue("a hook that is killed blocks, by the registration's onFailure");
            run.ResultOf(call).Text.Should().NotContain("guard: denied", "the hook was killed before it could say anything");
        }

        run.ResultOf(secret).Text.Should().NotContain("THE-SECRET");
        (await machine.RunAsync("dev", $"ls {Project}")).StandardOutput.Should().NotContain("denied.txt");
    }

    /// <summary>Rows: which settings require the version; how the client is started; whether it refuses.</summary>
    [ManagedTheory]
    [InlineData("/etc/claude-code/managed-settings.json", "-p hello", true)]
    [InlineData("/etc/claude-code/managed-settings.json", "-p hello --bare", true)]
    [InlineData("/etc/claude-code/managed-settings.json", "-p hello --safe-mode", true)]
    [InlineData("/etc/claude-code/managed-settings.json", "--version", false)]
    [InlineData("/home/dev/.claude/settings.json", "-p hello", false)]
    public async Task RequiredVersion_AboveTheClients_KeepsItFromStarting(string settings, string arguments, bool refuses)
    {
        await PrepareAsync("mkdir -p ~/.claude; echo '{}' >~/.claude/settings.json");
        await machine.RunAsync("root", $"cp {settings} /run/kept; node -e \"const fs=require('fs'),f='{settings}',s=JSON.parse(fs.readFileSync(f)); s.requiredMinimumVersion='99.0.0'; fs.writeFileSync(f, JSON.stringify(s))\"");
        try
        {
            var result = await machine.RunAsync("dev", $"cd {Project}; ANTHROPIC_BASE_URL=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ANTHROPIC_API_KEY=x CLAUDE_CODE_MAX_RETRIES=0 timeout 40 /opt/client/claude {arguments} 2>&1");

            const string Refusal = "older than the minimum version required by your organization (99.0.0)";
            if (refuses)
                result.StandardOutput.Should().Contain(Refusal);
            else
                result.StandardOutput.Should().NotBeEmpty().And.NotContain(Refusal);
            (result.ExitCode == 0).Should().Be(arguments == "--version");
        }
        finally
        {
            await machine.RunAsync("root", $"cat /run/kept >{settings}");
        }
    }

    private static string Registering(string handler) => "{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"*\",\"hooks\":[" + handler + "]}]}}";

    private Task SignalGatewayAsync(string signal) => machine.RunAsync("root", $"kill -{signal} $(pgrep -u guard -f 'guard up')");

    private Task PrepareAsync(string preparation) => machine.RunAsync(
        "dev",
        $"cd ~; rm -rf .claude project elsewhere; mkdir -p project/locked; cd project; printf THE-SECRET >.env; {preparation}");

    private async Task PlayAsync(string what, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var denied = ToolUse.Bash("touch locked/denied.txt");
        var secret = ToolUse.Bash("cat .env");
        var allowed = ToolUse.Bash("touch allowed.txt");

        var run = await machine.RunClientAsync(arguments, environment, denied, secret, allowed);

        run.ResultOf(denied).IsError.Should().BeTrue(what);
        run.ResultOf(denied).Text.Should().Contain("guard: denied by policy workbench, rule locked");
        run.ResultOf(secret).Text.Should().NotContain("THE-SECRET");
        var there = (await machine.RunAsync("dev", $"cd {Project}; find . -name '*.txt'")).StandardOutput;
        there.Should().Contain("allowed.txt", what).And.NotContain("denied.txt");
    }
}
