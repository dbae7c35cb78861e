using Guard.Shell.Effects;

namespace Guard.Shell.Tests.Effects;

public sealed class CommandFormTests
{
    [Theory]
    [InlineData("/usr/bin/git -C x push origin main", "git push origin main")]
    [InlineData("git --no-pager -c color.ui=never -P push", "git push")]
    [InlineData("npm i left-pad", "npm install left-pad")]
    [InlineData("npm --prefix pkg run build", "npm run build")]
    [InlineData("npm run --prefix pkg build", "npm run build")]
    [InlineData("npm t", "npm t")]
    [InlineData("docker --context c container ls -a", "docker container ls -a")]
    [InlineData("docker compose -f x.yml up -d", "docker compose up -d")]
    [InlineData("kubectl -n kube-system get pods", "kubectl get pods")]
    [InlineData("kubectl get -n kube-system pods", "kubectl get pods")]
    [InlineData("gh -R a/b pr list", "gh pr list")]
    [InlineData("cargo +nightly t", "cargo test")]
    [InlineData("git remote add x https://e.example/x", "git remote add x https://e.example/x")]
    [InlineData("git commit -m 'rm -rf'", "git commit -m rm -rf")]
    [InlineData("rm -rf x", "rm -rf x")]
    [InlineData("tar xzf a.tgz -C d x", "tar xzf a.tgz -C d x")]
    [InlineData("aws --region x ec2 describe-instances i", "aws ec2 describe-instances --region x i")]
    [InlineData("aws --unheard-of ec2 describe-instances", "aws --unheard-of ec2 describe-instances")]
    [InlineData("az -o table vm list", "az vm list -o table")]
    [InlineData("unknown -x y", "unknown -x y")]
    [InlineData("git unheard-of -x y", "git unheard-of -x y")]
    public void Command_InCanonicalForm_IsProgramSubcommandAndTheRest(string command, string canonical)
    {
        string.Join(' ', Line.Of(command).Canonical).Should().Be(canonical);
    }

    [Theory]
    [InlineData("rm -fr x", "-r,-R,--recursive -f,--force")]
    [InlineData("rm --recurs --force x", "-r,-R,--recursive -f,--force")]
    [InlineData("unheard -xy --long=1", "-xy,-x,-y --long")]
    public void Flags_InAnySpelling_HaveAllTheirNames(string command, string options)
    {
        string.Join(' ', Line.Of(command).Options.Select(o => string.Join(',', o.Names)).OrderDescending(StringComparer.Ordinal))
            .Should().Be(string.Join(' ', options.Split(' ').OrderDescending(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("env A=1 rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("nice rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("nohup rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("timeout -k 1 5 rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("stdbuf -oL rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("command -p rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("exec -a n rm x", WrapperKind.Transparent, "run [rm x]")]
    [InlineData("xargs -n 1 rm x", WrapperKind.Transparent, "run [rm x ?*]")]
    [InlineData("xargs -I % mv % d/", WrapperKind.Transparent, "run [mv ? d/]")]
    [InlineData("sudo -E -u root rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("doas rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("docker exec -it c rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("docker run --rm -v /:/h alpine rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("kubectl exec p -- rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("chroot /mnt rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("npx -y rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("uv run rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("./env rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("ssh -p 22 u@h rm x", WrapperKind.Changer, "shell [rm x]")]
    [InlineData("bash -c 'rm x'", WrapperKind.None, "shell [rm x]")]
    [InlineData("bash -xec 'rm x' name", WrapperKind.None, "shell [rm x]")]
    [InlineData("su - -c 'rm x'", WrapperKind.Changer, "shell [rm x]")]
    [InlineData("eval rm x", WrapperKind.None, "shell [rm x]")]
    [InlineData("watch -n 1 rm x", WrapperKind.None, "shell [rm x]")]
    [InlineData("env -S 'rm x'", WrapperKind.Transparent, "shell [rm x]")]
    [InlineData("trap 'rm x' EXIT", WrapperKind.None, "shell [rm x]")]
    [InlineData("tar xf a --to-command='rm x'", WrapperKind.None, "shell [rm x]")]
    [InlineData("tar cf a b -I 'rm x'", WrapperKind.None, "shell [rm x]")]
    [InlineData("tar cf a b --checkpoint-action=exec='rm x'", WrapperKind.None, "shell [exec=rm x]")]
    [InlineData("rg --pre rm x", WrapperKind.None, "run [rm ?*]")]
    [InlineData("sort --compress-program=rm x", WrapperKind.None, "run [rm ?*]")]
    [InlineData("man -P 'rm x' ls", WrapperKind.None, "shell [rm x]")]
    [InlineData("git -c core.pager='rm x' log", WrapperKind.None, "shell [rm x]")]
    [InlineData("git -c alias.l='!rm x' l", WrapperKind.None, "shell [rm x]")]
    [InlineData("git -c alias.l=log l", WrapperKind.None, "run [git log ?*]")]
    [InlineData("git rebase -x 'rm x' main", WrapperKind.None, "shell [rm x]")]
    [InlineData("git bisect run rm x", WrapperKind.Changer, "run [rm x]")]
    [InlineData("git submodule foreach rm x", WrapperKind.None, "shell [rm x]")]
    [InlineData("git grep -O'rm x' y", WrapperKind.None, "shell [rm x]")]
    [InlineData("rsync -e 'rm x' a h:", WrapperKind.None, "shell [rm x]")]
    [InlineData("ssh -o ProxyCommand='rm x' h", WrapperKind.Changer, "shell [rm x]")]
    [InlineData("ssh -oProxyCommand='rm x' h", WrapperKind.Changer, "shell [rm x]")]
    [InlineData("split --filter='rm x' f", WrapperKind.None, "shell [rm x]")]
    [InlineData("awk 'BEGIN{system(\"rm x\")}'", WrapperKind.None, "shell [rm x]")]
    [InlineData("awk '{print | \"rm x\"}' f", WrapperKind.None, "shell [rm x]")]
    [InlineData("awk 'BEGIN{\"rm x\" | getline}'", WrapperKind.None, "shell [rm x]")]
    [InlineData("sed '1e rm x' f", WrapperKind.None, "shell [rm x]")]
    [InlineData("python -m pytest x", WrapperKind.None, "run [pytest x]")]
    [InlineData("find . -ok rm {} ;", WrapperKind.None, "run [rm ./**]")]
    [InlineData("find . -name a -exec sh -c 'rm {}' ;", WrapperKind.None, "shell [rm ?]")]
    public void Command_ThatStartsAnother_NamesIt(string command, WrapperKind wrapper, string inner)
    {
        CommandEffects effects = Line.Of(command);

        if (!command.StartsWith("env -S", StringComparison.Ordinal) && !command.StartsWith("find", StringComparison.Ordinal))
        {
            effects.Wrapper.Should().Be(wrapper);
        }

        Line.Effects(command).Should().Contain(inner);
    }

    [Theory]
    [InlineData("sed s/a/b/e f", "sed-execute")]
    [InlineData("sed 'e' f", "sed-execute")]
    [InlineData("awk '{system($1)}' f", "awk-command")]
    [InlineData("awk '{print | $1}' f", "awk-command")]
    [InlineData("awk 'BEGIN{ARGV[1]=\".env\";ARGC=2}{print}'", "awk-arguments")]
    [InlineData("git -c core.hooksPath=x commit", "option")]
    [InlineData("git -c unheard.of=x commit", "setting")]
    [InlineData("git -c <?> commit", "setting")]
    [InlineData("psql -c '\\! id'", "sql")]
    [InlineData("psql -c 'copy t to program $$id$$'", "sql")]
    [InlineData("sqlite3 a.db '.shell id'", "sql")]
    [InlineData("vim -c ':!id' x", "editor-command")]
    [InlineData("make --eval x:", "option")]
    [InlineData("printf -v 'a[$(id)]' x", "subscript")]
    [InlineData("<?> x", "unknown-program")]
    [InlineData("gh auth token", "credentials")]
    public void Command_ThatCannotBeDescribed_IsOpaque(string command, string code)
    {
        Line.Of(command).Opaque.Should().Contain(o => o.Code == code);
    }

    [Theory]
    [InlineData("python -c 'print(1)' x", "code [print(1)]")]
    [InlineData("python3.11 -Ic 'print(1)'", "code [print(1)]")]
    [InlineData("node -e 1", "code [1]")]
    [InlineData("node --eval=1", "code [1]")]
    [InlineData("perl -ne 'print' f", "code [print]")]
    [InlineData("ruby -e 1", "code [1]")]
    [InlineData("php -r 1", "code [1]")]
    public void InlineCode_ForAnInterpreter_IsCode(string command, string code)
    {
        Line.Effects(command).Should().Contain(code);
    }

    [Theory]
    [InlineData("head -5", true)]
    [InlineData("tail -n 40", true)]
    [InlineData("grep x", true)]
    [InlineData("grep -v -E 'a|b'", true)]
    [InlineData("sort -u", true)]
    [InlineData("uniq -c", true)]
    [InlineData("wc -l", true)]
    [InlineData("cut -d: -f1", true)]
    [InlineData("tr a b", true)]
    [InlineData("jq .a", true)]
    [InlineData("sed s/a/b/", true)]
    [InlineData("awk '{print $1}'", true)]
    [InlineData("grep x f", false)]
    [InlineData("grep -r x", false)]
    [InlineData("grep -f f", false)]
    [InlineData("sort -o f", false)]
    [InlineData("sort --compress-program=sh", false)]
    [InlineData("head f", false)]
    [InlineData("sed -i s/a/b/ f", false)]
    [InlineData("sed 's/a/b/w f'", false)]
    [InlineData("awk '{print > \"f\"}'", false)]
    [InlineData("awk '{system($1)}'", false)]
    [InlineData("jq env", false)]
    [InlineData("jq --slurpfile a f .", false)]
    [InlineData("tee", false)]
    [InlineData("grep --unheard-of x", false)]
    [InlineData("./head -5", false)]
    [InlineData("/tmp/grep x", false)]
    [InlineData("/usr/bin/grep x", true)]
    public void Filter_ThatReadsOnlyItsInput_IsMarked(string command, bool filter)
    {
        Line.Of(command, new CommandFacts { InputIsGiven = true }).Filter.Should().Be(filter);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("echo -n x", true)]
    [InlineData("cd x", true)]
    [InlineData("pwd", true)]
    [InlineData("test -f x", true)]
    [InlineData("[ -d x ]", true)]
    [InlineData("export A=1", true)]
    [InlineData("export", false)]
    [InlineData("set", false)]
    [InlineData("printenv", false)]
    [InlineData("env", false)]
    [InlineData("env A=1", false)]
    [InlineData("date -f x", false)]
    [InlineData("date +%s", true)]
    [InlineData("hostname x", false)]
    [InlineData("./true", false)]
    [InlineData("rm", false)]
    public void Inert_ProgramsAndNoOthers_AreMarked(string command, bool inert)
    {
        Line.Of(command).Inert.Should().Be(inert);
    }

    [Theory]
    [InlineData("env", "env *")]
    [InlineData("env A=1", "env *")]
    [InlineData("printenv", "env *")]
    [InlineData("printenv SECRET", "env SECRET")]
    [InlineData("export", "env *")]
    [InlineData("jq -n env.SECRET", "env SECRET")]
    [InlineData("jq -n $ENV.SECRET", "env SECRET")]
    [InlineData("awk 'BEGIN{print ENVIRON[\"SECRET\"]}'", "env SECRET")]
    public void Environment_ThatIsShown_IsRead(string command, string effect)
    {
        Line.Effects(command).Should().Contain(effect);
    }

    [Theory]
    [InlineData("curl https://e.example/x", "fetch https://e.example/x")]
    [InlineData("curl -X POST https://e.example/x", "post https://e.example/x")]
    [InlineData("curl -XPUT https://e.example/x", "post https://e.example/x")]
    [InlineData("curl -d a=1 https://e.example/x", "post https://e.example/x")]
    [InlineData("curl --data-raw a https://e.example/x", "post https://e.example/x")]
    [InlineData("curl -G -d a=1 https://e.example/x", "fetch https://e.example/x")]
    [InlineData("curl --url https://e.example/x", "fetch https://e.example/x")]
    [InlineData("curl -x proxy.example:80 https://e.example", "connect proxy.example:80")]
    [InlineData("wget -q https://e.example/x", "fetch https://e.example/x")]
    [InlineData("wget --post-data=a https://e.example/x", "post https://e.example/x")]
    [InlineData("git clone https://e.example/x.git", "fetch https://e.example/x.git")]
    [InlineData("git clone https://e.example/x.git", "write x/**")]
    [InlineData("git clone git@e.example:a/b", "connect e.example")]
    [InlineData("git push https://e.example/x main", "post https://e.example/x")]
    [InlineData("git push git@e.example:x main", "connect e.example")]
    [InlineData("git push --force-with-lease https://e.example/x main", "post https://e.example/x")]
    [InlineData("ssh u@e.example", "connect e.example")]
    [InlineData("scp f u@e.example:", "connect e.example")]
    [InlineData("rsync f e.example::m", "connect e.example")]
    [InlineData("nc e.example 80", "connect e.example")]
    [InlineData("ping -c 1 e.example", "connect e.example")]
    [InlineData("psql -h db.example -c 'select 1'", "connect db.example")]
    [InlineData("unknown https://e.example/x", "post https://e.example/x")]
    [InlineData("pip install --index-url https://e.example/x y", "fetch https://e.example/x")]
    public void Network_ThatTheLineNames_IsAnEffect(string command, string effect)
    {
        Line.Effects(command).Should().Contain(effect);
    }

    [Fact]
    public void Input_ThatIsRun_IsMarked()
    {
        Line.Of("bash").RunsInput.Should().BeTrue();
        Line.Of("bash -s x").RunsInput.Should().BeTrue();
        Line.Of("sh -").RunsInput.Should().BeTrue();
        Line.Of("python -").RunsInput.Should().BeTrue();
        Line.Of("python").RunsInput.Should().BeTrue();
        Line.Of("node").RunsInput.Should().BeTrue();
        Line.Of("psql").RunsInput.Should().BeTrue();
        Line.Of("bash x.sh").RunsInput.Should().BeFalse();
        Line.Of("bash -c x").RunsInput.Should().BeFalse();
        Line.Of("python x.py").RunsInput.Should().BeFalse();
        Line.Of("cat").RunsInput.Should().BeFalse();
    }
}
