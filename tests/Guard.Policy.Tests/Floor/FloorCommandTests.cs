using Guard.Policy.Evaluation;
using static Guard.Policy.Tests.Requests;

namespace Guard.Policy.Tests.FloorRules;

/// <summary>Section "The floor": command lines, with twins that must not be refused. The policy allows everything.</summary>
public sealed class FloorCommandTests
{
    private static readonly FloorSettings Settings = new()
    {
        ProtectedPaths = ["/home/dev/.guard", "/opt/guard/guard-hook"],
        GatewayAuthorities = ["127.0.0.1:8765"],
    };

    private static readonly PolicyBundle Everything = Bundle(Settings, """{ name: p, rules: [ { effect: allow, actions: ["*"] } ] }""");

    [Theory]
    // Wiping: every spelling of the root and the home folder.
    [InlineData("rm -rf /", "wipe")]
    [InlineData("rm -rf /*", "wipe")]
    [InlineData("rm -rf //", "wipe")]
    [InlineData("rm -rf /.", "wipe")]
    [InlineData("rm -rf /home/dev/../..", "wipe")]
    [InlineData("rm -fr ~", "wipe")]
    [InlineData("rm -r -f ~/", "wipe")]
    [InlineData("rm -rf ~/*", "wipe")]
    [InlineData("rm -f ~/*", "wipe")]
    [InlineData("rm -rf ~/.*", "wipe")]
    [InlineData("rm -rf ~/{*,.*}", "wipe")]
    [InlineData("rm -rf $HOME", "wipe")]
    [InlineData("rm -rf \"$HOME\"", "wipe")]
    [InlineData("rm -rf ${HOME}", "wipe")]
    [InlineData("rm -rf \"${HOME:?}\"/*", "wipe")]
    [InlineData("rm -rf /home/dev/", "wipe")]
    [InlineData("rm -rf /home/dev/.", "wipe")]
    [InlineData("rm -rf /HOME/DEV", "wipe")]
    [InlineData("rm -rf /home", "wipe")]
    [InlineData("rm -rf /home/*", "wipe")]
    [InlineData("rm -rf /hom*", "wipe")]
    [InlineData("rm -rf /home/d?v", "wipe")]
    [InlineData("rm -rf /root", "wipe")]
    [InlineData("rm -rf ~somebody", "wipe")]
    [InlineData("rm --recursive --force ~", "wipe")]
    [InlineData("rm --rec ~", "wipe")]
    [InlineData("\\rm -rf ~", "wipe")]
    [InlineData("'rm' -rf ~", "wipe")]
    [InlineData("r''m -rf ~", "wipe")]
    [InlineData("$'rm' -rf ~", "wipe")]
    [InlineData("$'\\x72m' -rf ~", "wipe")]
    [InlineData("rm $'-\\x72f' ~", "wipe")]
    [InlineData("rm $'-\\u0072f' ~", "wipe")]
    [InlineData("rm$IFS-rf$IFS/", "wipe")]
    [InlineData("{rm,-rf,/}", "wipe")]
    [InlineData("/bin/rm -rf ~", "wipe")]
    [InlineData("cd /tmp; rm -rf ~", "wipe")]
    [InlineData("true && rm -rf ~ || true", "wipe")]
    [InlineData("(rm -rf ~)", "wipe")]
    [InlineData("{ rm -rf ~; }", "wipe")]
    [InlineData("if true; then rm -rf ~; fi", "wipe")]
    [InlineData("echo $(rm -rf ~)", "wipe")]
    [InlineData("echo \"$(rm -rf ~)\"", "wipe")]
    [InlineData("echo `rm -rf ~`", "wipe")]
    [InlineData("X=1 rm -rf ~", "wipe")]
    [InlineData("sudo rm -rf /", "wipe")]
    [InlineData("sudo -u root rm -rf /", "wipe")]
    [InlineData("sudo env nohup nice -n 5 rm -rf /", "wipe")]
    [InlineData("env X=1 rm -rf /", "wipe")]
    [InlineData("env -S 'rm -rf /'", "wipe")]
    [InlineData("timeout 5 rm -rf /", "wipe")]
    [InlineData("echo / | xargs rm -rf /", "wipe")]
    [InlineData("bash -c 'rm -rf ~'", "wipe")]
    [InlineData("sudo bash -lc \"rm -rf ~\"", "wipe")]
    [InlineData("eval rm -rf ~", "wipe")]
    [InlineData("sh -c \"bash -c 'rm -rf /'\"", "wipe")]
    [InlineData("cd ~ && rm -rf *", "wipe")]
    [InlineData("cd && rm -rf ./*", "wipe")]
    [InlineData("cd /; rm -rf .", "wipe")]
    [InlineData("rmdir ~", "wipe")]
    [InlineData("find / -delete", "wipe")]
    [InlineData("find ~ -type f -delete", "wipe")]
    [InlineData("find src ~ -type f -delete", "wipe")]
    [InlineData("find ~ src -type f -delete", "wipe")]
    [InlineData("find $HOME -exec rm -rf {} +", "wipe")]
    [InlineData("find . -exec rm -rf ~ ;", "wipe")]
    [InlineData("chmod -R 777 /", "wipe")]
    [InlineData("chown -R nobody ~", "wipe")]
    [InlineData("mv ~ /tmp/x", "wipe")]
    [InlineData("mv /home/dev/* /tmp/x", "wipe")]
    [InlineData("mv -t /tmp ~", "wipe")]
    [InlineData("docker run -v /:/x img rm -rf /", "wipe")]
    // Disks and fork bombs.
    [InlineData("mkfs.ext4 /dev/sda1", "raw-disks")]
    [InlineData("sudo mkfs -t ext4 /dev/sda", "raw-disks")]
    [InlineData("dd if=/dev/zero of=/dev/sda bs=1M", "raw-disks")]
    [InlineData("dd of=/dev/../dev/nvme0n1", "raw-disks")]
    [InlineData("cat x > /dev/sda", "raw-disks")]
    [InlineData("echo x >/dev/sda", "raw-disks")]
    [InlineData("echo x 1>> /dev/vda", "raw-disks")]
    [InlineData("wipefs -a /dev/sda", "raw-disks")]
    [InlineData("shred /dev/sda", "raw-disks")]
    [InlineData(":(){ :|:& };:", "fork-bomb")]
    [InlineData("bomb() { bomb | bomb & }; bomb", "fork-bomb")]
    // Agent clients without hooks.
    [InlineData("claude --bare -p hi", "hooks-off")]
    [InlineData("claude -p hi --settings '{}'", "hooks-off")]
    [InlineData("claude --settings=x.json", "hooks-off")]
    [InlineData("claude --setting-sources user", "hooks-off")]
    [InlineData("claude --safe-mode", "hooks-off")]
    [InlineData("npx -y @anthropic-ai/claude-code --bare", "hooks-off")]
    [InlineData("CLAUDE_CODE_SIMPLE=1 claude", "hooks-off")]
    [InlineData("env CLAUDE_CONFIG_DIR=/tmp/x claude", "hooks-off")]
    [InlineData("export CLAUDE_CONFIG_DIR=/tmp/x", "hooks-off")]
    [InlineData("HOME=/tmp claude -p hi", "hooks-off")]
    [InlineData("sudo -u other claude --bare", "hooks-off")]
    // Administration of Guard.
    [InlineData("guard agent revoke dev", "guard-administration")]
    [InlineData("guard policy apply x.yaml", "guard-administration")]
    [InlineData("/opt/guard/guard up", "guard-administration")]
    [InlineData("sudo guard init --uninstall", "guard-administration")]
    [InlineData("pkill guard", "guard-processes")]
    [InlineData("pkill -f 'guard up'", "guard-processes")]
    [InlineData("killall guard-hook", "guard-processes")]
    [InlineData("systemctl --user stop guard.service", "guard-processes")]
    [InlineData("curl http://127.0.0.1:8765/v1/policies", "guard-api")]
    [InlineData("curl LOCALHOST:8765", "guard-api")]
    [InlineData("wget http://0.0.0.0:8765/", "guard-api")]
    [InlineData("wget http://[::]:8765/", "guard-api")]
    [InlineData("wget http://gateway.localhost:8765/", "guard-api")]
    [InlineData("killall5 -o guard", "guard-processes")]
    [InlineData("skill -9 guard", "guard-processes")]
    [InlineData("killall guard", "guard-processes")]
    [InlineData("service guard stop", "guard-processes")]
    [InlineData("rc-service guard stop", "guard-processes")]
    [InlineData("launchctl stop guard", "guard-processes")]
    [InlineData("curl --unix-socket /home/dev/.guard/gateway.sock http://x/", "guard-files")]
    [InlineData("cat $HOME/.guard/admin.key | head", "guard-files")]
    [InlineData("cp evil /opt/guard/guard-hook", "guard-files")]
    public void Line_FloorForbids_IsRefused(string line, string rule)
    {
        var decision = Evaluator.Evaluate(Everything, For(Opaque(line)));

        (decision.Effect, decision.ByFloor, decision.Policy, decision.Rule).Should().Be((Effect.Deny, true, "floor", rule));
    }

    [Theory]
    [InlineData("ls ~")]
    [InlineData("cd /")]
    [InlineData("cd ~ && ls *")]
    [InlineData("find ~ -name '*.cs'")]
    [InlineData("find / -name guard")]
    [InlineData("du -sh /home/dev")]
    [InlineData("rm -rf build")]
    [InlineData("rm -rf ./build/*")]
    [InlineData("rm -rf /home/dev/app/build")]
    [InlineData("rm -rf ~/app/build/*")]
    [InlineData("rm -rf $HOME/app/bin")]
    [InlineData("rm -rf /tmp/x")]
    [InlineData("rm -rf *")]
    [InlineData("rm ~/notes.txt")]
    [InlineData("mv ~/a.txt ~/b.txt")]
    [InlineData("mv a.txt ~")]
    [InlineData("cp -r ~/a /tmp")]
    [InlineData("chmod -R u+w /home/dev/app")]
    [InlineData("chmod 755 ~")]
    [InlineData("git commit -m \"rm -rf /\"")]
    [InlineData("git commit -m 'fix: rm -rf / and mkfs'")]
    [InlineData("echo \"rm -rf ~\"")]
    [InlineData("grep -r 'rm -rf /' src")]
    [InlineData("echo rm -rf / # not run")]
    [InlineData("ls # rm -rf /")]
    [InlineData("dd if=a of=b")]
    [InlineData("dd if=/dev/zero of=/dev/null count=1")]
    [InlineData("echo x > /dev/null")]
    [InlineData("echo x 2>/dev/stderr")]
    [InlineData("man mkfs")]
    [InlineData("f() { echo hi; }; f")]
    [InlineData("f() { g | h & }; f")]
    [InlineData("claude -p hi")]
    [InlineData("claude --version")]
    [InlineData("claude --dangerously-skip-permissions -p hi")]
    [InlineData("cat src/settings.json")]
    [InlineData("npm install -g @anthropic-ai/claude-code")]
    [InlineData("guard --help")]
    [InlineData("guard --help policy")]
    [InlineData("guard help audit")]
    [InlineData("guard -? audit")]
    [InlineData("guard --version")]
    [InlineData("guard policy validate policies/x.yaml")]
    [InlineData("guard policy show floor")]
    [InlineData("guard shell explain 'rm -rf /'")]
    [InlineData("sudo grep -r guard src")]
    [InlineData("docker build -t guard .")]
    [InlineData("cd guard && dotnet build")]
    [InlineData("pkill -f webpack")]
    [InlineData("systemctl status nginx")]
    [InlineData("curl http://127.0.0.1:87654/")]
    [InlineData("curl http://127.0.0.1:8080/")]
    [InlineData("curl http://example.com:8765/")]
    [InlineData("ls /opt/guard")]
    public void Line_MereTwin_IsNotRefused(string line) =>
        Evaluator.Evaluate(Everything, For(Opaque(line))).Effect.Should().Be(Effect.Allow);

    [Theory]
    [InlineData("..", "/home/dev")]
    [InlineData("../..", "/home")]
    [InlineData(".", "/home/dev")]
    public void Line_RelativeWordLeadsHome_IsRefused(string word, string leadsTo)
    {
        var guess = new RequestedAccess { Action = "delete:file", Resource = leadsTo, Real = leadsTo, Inert = true };

        Evaluator.Evaluate(Everything, For([.. Simple($"rm -rf {word}"), guess])).Rule.Should().Be("wipe");
        Evaluator.Evaluate(Everything, For([.. Simple($"ls {word}"), guess])).Effect.Should().Be(Effect.Allow);
    }

    [Fact]
    public void Line_OnlyWordsAreKnown_IsJudgedByThem()
    {
        var access = new RequestedAccess { Action = "execute:shell", Resource = "rm -rf /", Words = ["git", "commit", "-m", "rm -rf /"] };

        Evaluator.Evaluate(Everything, For(access)).Effect.Should().Be(Effect.Allow);
        Evaluator.Evaluate(Everything, For(access with { Words = ["rm", "-rf", "/"] })).Rule.Should().Be("wipe");
    }

    [Fact]
    public void Line_NestedWithoutEnd_IsRefusedAndNotLookedThroughForEver()
    {
        var line = string.Concat(Enumerable.Repeat("sudo -u x ", 200)) + "true";

        Evaluator.Evaluate(Everything, For(Opaque(line))).Rule.Should().Be("limit");
    }
}
