#!/usr/bin/env python3
"""Lists the options that programs document, with their arity and the placeholder of their value. The descriptions of programs build on these lists.

usage: eng/documented-options.py [--path FOLDER]... [--probe] [PROGRAM...]

For each program (and subcommand) that is installed, writes src/Guard.Shell/Programs/options/PROGRAM.txt:
one line per option, "subcommand<TAB>-x,--long<TAB>none|required|optional<TAB>PLACEHOLDER". Only these facts are taken, from --help or the manual page.
--path adds a folder to look for programs in. --probe instead asks the programs themselves whether the lists are right: it gives a value to each long option
that takes none, and none to each that requires one, and reports every program that does not complain (only programs that read options with getopt_long and
stop at the first mistake, in an empty folder). Needs nothing but the programs; run by hand when a description is added.
"""
import os, pathlib, re, subprocess, sys, tempfile

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/Guard.Shell/Programs/options"

# program -> how its help is asked for; "man" is the manual page. A list of subcommands follows where it has them.
HELP = "--help"
COREUTILS = """cat cp mv rm mkdir rmdir ls touch head tail wc sort uniq cut tr tee ln chmod chown chgrp du df stat readlink realpath basename dirname
date sleep seq split csplit install mktemp dd truncate comm join paste fold fmt nl od expand unexpand tac rev shuf shred md5sum sha1sum sha256sum sha512sum
b2sum cksum sum base64 base32 basenc env nice nohup timeout stdbuf id who whoami uname nproc tty yes printenv pathchk mkfifo mknod link unlink sync factor
numfmt pr ptx tsort users groups hostid logname pinky vdir dir dircolors chroot expr""".split()
PLAIN = {**{p: HELP for p in COREUTILS}, **{p: HELP for p in """grep sed tar gzip xz zstd bzip2 diff cmp diff3 sdiff wget curl xargs make patch strings
objdump nm readelf ar strip gdb strace nl rg fd fdfind rsync tree bat psql pg_dump pg_restore createdb dropdb node jq file
watch ps free uptime pgrep pkill kill setsid ionice nsenter unshare chrt taskset flock column look script openssl gawk sudo parallel gcc""".split()}}
# Documented in prose that does not tell arity: described by hand.
for by_hand in ("find", "zip", "unzip", "xxd", "tree", "bash", "perl", "python3", "file", "less", "mawk", "openssl", "script", "ar", "nc", "ps", "gdb", "dd", "expr"):
    PLAIN.pop(by_hand, None)
PLAIN.update({"curl": "--help all", "ssh": "man", "scp": "man", "sftp": "man", "jq": "man", 
              "git": "man", "ssh-keygen": "man", "gawk": "man", "gzip": HELP})
GIT = """add am apply archive bisect blame branch bundle cat-file check-ignore checkout cherry cherry-pick clean clone commit config count-objects describe diff
diff-tree difftool fetch for-each-ref format-patch fsck gc grep hash-object init log ls-files ls-remote ls-tree merge merge-base mergetool mv name-rev notes
prune pull push range-diff rebase reflog remote repack replace request-pull reset restore rev-list rev-parse revert rm shortlog show show-ref
sparse-checkout stash status submodule switch symbolic-ref tag update-index update-ref verify-commit verify-tag whatchanged worktree write-tree""".split()
MULTI = {
    "git": ("-h", GIT), "docker": (HELP, """build run exec ps images pull push rm rmi cp logs inspect stop start restart kill create commit diff events export
        history import info load login logout pause port rename save search stats tag top unpause update version wait attach
        volume%create volume%ls volume%rm volume%inspect volume%prune network%create network%ls network%rm network%inspect network%connect network%disconnect network%prune
        container%ls container%prune image%ls image%prune image%build system%df system%prune system%info context%ls context%use context%create
        """.split()),
    "kubectl": (HELP, """get describe apply create delete edit exec logs cp port-forward run expose scale rollout%status rollout%undo rollout%restart rollout%history
        set%image label annotate patch replace diff drain cordon uncordon taint top%pod top%node explain api-resources api-versions cluster-info config%view
        config%use-context config%get-contexts config%current-context config%set-context auth%can-i wait attach proxy autoscale debug kustomize version events certificate%approve""".split()),
    "gh": (HELP, """pr%list pr%view pr%create pr%checkout pr%diff pr%merge pr%checks pr%status pr%comment pr%review pr%edit pr%close pr%reopen pr%ready issue%list
        issue%view issue%create issue%close issue%reopen issue%edit issue%comment issue%delete issue%status repo%list repo%view repo%clone repo%create repo%fork repo%delete
        repo%edit repo%sync repo%archive repo%rename run%list run%view run%watch run%download run%rerun run%cancel workflow%list workflow%view workflow%run
        workflow%enable workflow%disable release%list release%view release%create release%download release%upload release%delete release%edit gist%create gist%list gist%view gist%edit
        gist%delete gist%clone api search%repos search%issues search%prs search%commits search%code auth%login auth%logout auth%status auth%token auth%refresh
        auth%setup-git secret%set secret%list secret%remove variable%set variable%list label%list label%create label%edit label%delete browse alias%set
        extension%install extension%list ssh-key%add gpg-key%add config%set config%get status codespace%list""".split()),
    "cargo": (HELP, """build check test run clippy fmt doc clean bench update add remove install uninstall publish search tree metadata fetch vendor
        new init fix rustc rustdoc package login logout owner yank generate-lockfile locate-project pkgid version verify-project""".split()),
    "dotnet": (HELP, """build test run restore clean publish pack new add%package remove%package list%package add%reference tool%install tool%run tool%restore tool%update
        tool%list tool%uninstall nuget%push nuget%locals sln%add sln%list format msbuild vstest workload%install workload%list""".split()),
    "pip": (HELP, "install download uninstall freeze list show check config search cache index wheel hash inspect debug".split()),
    "uv": (HELP, """run add remove sync lock export tree tool%run tool%install tool%list tool%uninstall python%install python%list python%find pip%install pip%uninstall
        pip%list pip%freeze pip%show pip%compile pip%sync pip%check pip%tree venv build publish cache%clean cache%dir cache%prune init version self%update""".split()),
        "pnpm": (HELP, "install add remove update run exec dlx list outdated why publish test audit store config link pack".split()),
    "yarn": (HELP, []),
}

OPTION = re.compile(r"""(?P<name>--?\[no-\][\w.-]+|--?[A-Za-z0-9@#?$!:%^+][\w.+-]*|-[^\s\w,\[=-])(?P<arg>\[=?[^\]\s]*\]?|=\S*|<[^>]*>|\s+(?:<[^>]*>|\{[^}]*\}|"[^"]*"|[A-Z][A-Z\d/:._'-]*(?![a-z])|\[[^\]-][^\]]*\])(?:\.\.\.)?)?""")
COBRA = re.compile(r"^(?:(-\S), )?(--[\w-]+)(?: (\w[\w/:.=-]*|<[^>]+>)(\[=.*?\])?)?\s{2,}|^(?:(-\S), )?(--[\w-]+)(?: (\w[\w/:.=-]*|<[^>]+>)(\[=.*?\])?)?$")


def text_of(argv, how):
    env = dict(os.environ, MANWIDTH="250", MAN_KEEP_FORMATTING="", LC_ALL="C", COLUMNS="300", NO_COLOR="1", PAGER="cat", GIT_PAGER="cat", MANPAGER="cat", DOTNET_CLI_TELEMETRY_OPTOUT="1")
    if how == "man":
        cmd = ["man", "--nh", "--nj", "-P", "cat", "-".join(argv)]
    else:
        cmd = argv + (how.split() if how else [])
    try:
        done = subprocess.run(cmd, capture_output=True, text=True, errors="replace", timeout=60, env=env, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = done.stdout if len(done.stdout) > len(done.stderr) else done.stderr
    return re.sub(r".\x08", "", re.sub(r"\x1b\[[0-9;]*m", "", text))


def heads(text):
    """The part of each line that names options."""
    for line in text.splitlines():
        if not re.match(r"\s{0,12}\(?-", line) and not re.match(r"\s{0,8}--", line):
            continue
        stripped = line.strip()
        stripped = re.sub(r",\s+(?=-)", ", ", stripped)
        yield re.split(r"\s{2,}|\t", stripped)[0], stripped


# Their manual pages write the argument in small letters behind a blank: "-amin n".
SMALL = {"find", "ssh", "scp", "sftp", "ssh-keygen", "tree", "file", "bash", "less", "xxd", "jq", "unzip", "zip", "nc", "perl", "python3"}


def options(text, cobra, small=False):
    found = {}
    for head, whole in heads(text):
        names, arity, meta, own = [], "none", "", {}
        if small and (m := re.fullmatch(r"((?:-[\w-]+(?:, )?)+) (\[?[a-z_][\w:/@.|-]*\]?)(?: .*)?", head)) and not re.search(r" (the|is|a|to|for|of|and|in|not|on) ", head + " "):
            for name in m.group(1).split(", "):
                found.setdefault(name.strip(), ("required", m.group(1).split(", "), m.group(2)))
            continue
        if cobra and (m := COBRA.match(whole)):
            g = m.groups()
            short, name, kind, opt = g[:4] if g[1] else g[4:]
            names = [n for n in (short, name) if n]
            arity = "optional" if opt else "required" if kind else "none"
            meta = kind or ""
        else:
            for m in OPTION.finditer(head):
                before = head[:m.start()]
                if before and not re.search(r"(^|,|\||/|\bor|\()\s*$", before) and not re.search(r"[,|/]\s*$", before):
                    continue
                name, arg = m.group("name").rstrip(".:"), (m.group("arg") or "").strip()
                if arg in ("or",):
                    arg = ""
                for n in ([name.replace("[no-]", ""), name.replace("[no-]", "no-")] if "[no-]" in name else [name]):
                    names.append(n)
                mine = "none"
                behind = head[m.end("arg"):m.end("arg") + 1] if m.group("arg") else ""
                if arg.startswith("[=") or arg.startswith("[") and not (behind and behind not in " ,|)"):
                    mine = "optional"
                elif arg and not re.fullmatch(r"=(true|false):?", arg):
                    mine = "required"
                own.update((n, mine) for n in names if n not in own)
                arity = mine if mine != "none" else arity
                meta = re.sub(r"[^\w/:.-]", "", arg) or meta
        # "-k, --key=DEF": one placeholder is for all names. "-c, -C NUM, --context[=NUM]": several are each for its own.
        shared = sum(a != "none" for a in own.values()) <= 1
        if not shared and not any(a != "none" for n, a in own.items() if len(n) == 2):
            # "-F, --info-script=NAME, --new-volume-script=NAME": the short names are for what the long ones are.
            own.update((n, arity) for n in own if len(n) == 2)
        for name in names:
            if own and not shared and own.get(name, "none") != arity:
                found.setdefault(name, (own.get(name, "none"), [name], meta if own.get(name, "none") != "none" else ""))
                continue
            if name in ("-", "--", "-NUM", "-num") or name.endswith("-"):
                continue
            # what is said more than once: an argument seen anywhere counts
            rank = {"none": 0, "optional": 1, "required": 2}
            if name not in found or rank[found[name][0]] < rank[arity]:
                found[name] = (arity, names if shared or not own else [n for n in names if own.get(n) == arity], meta)
    return found


# What the programs themselves answer (--probe) where their help reads otherwise.
CORRECTIONS = {
    "git blame": {"--abbrev": "optional"},
    "git branch": {"--abbrev": "optional"},
    "git cat-file": {"--batch": "optional", "--batch-check": "optional", "--batch-command": "optional"},
    "git describe": {"--abbrev": "optional"},
    "git diff": {"--abbrev": "optional", "-U": "optional", "--unified": "optional"},
    "git diff-tree": {"--abbrev": "optional", "-U": "optional", "--unified": "optional", "--expand-tabs": "optional", "--no-expand-tabs": "none", "--notes": "optional"},
    "git format-patch": {"--from": "optional", "-U": "optional", "--unified": "optional", "-B": "optional", "--no-signature": "none"},
    "git gc": {"--prune": "optional"},
    "git log": {"--expand-tabs": "optional", "--no-expand-tabs": "none", "--notes": "optional", "--no-diff-merges": "none", "-m": "none", "--remerge-diff": "none", "-c": "none", "--cc": "none", "-U": "optional", "--unified": "optional", "-B": "optional"},
    "git push": {"--force-with-lease": "optional", "--no-force-with-lease": "none", "--signed": "optional", "--no-signed": "none", "--no-recurse-submodules": "none"},
    "git replace": {"-l": "optional", "--list": "optional"},
    "git rev-list": {"--no-abbrev": "none", "--disk-usage": "optional", "--progress": "optional", "--abbrev": "optional", "--expand-tabs": "optional", "--no-expand-tabs": "none"},
    "git rev-parse": {"--glob": "optional", "--exclude": "optional", "--exclude-hidden": "optional", "--disambiguate": "optional", "--since": "optional", "--after": "optional", "--until": "optional", "--before": "optional"},
    "git shortlog": {"-n": "optional", "-w": "optional"},
    "git show": {"--expand-tabs": "optional", "--no-expand-tabs": "none", "--notes": "optional", "--no-diff-merges": "none", "-m": "none", "--remerge-diff": "none", "-c": "none", "--cc": "none", "-U": "optional", "--unified": "optional", "-B": "optional"},
    "git tag": {"-n": "optional"},
    "ls": {"-p": "none"}, "dir": {"-p": "none"}, "vdir": {"-p": "none"}, "du": {"--time": "optional"}, "mktemp": {"--tmpdir": "optional"}, "od": {"--strings": "optional"},
    "pr": {"-e": "optional", "--expand-tabs": "optional", "-i": "optional", "--output-tabs": "optional", "-n": "optional", "--number-lines": "optional"},
    "ptx": {"-O": "none", "-T": "none"}, "sort": {"-c": "none", "-C": "none", "--check": "optional"}, "stat": {"-c": "required"},
    "strings": {"-t": "required", "-T": "required", "-e": "required", "-s": "required"}, "wget": {"--max-redirect": "required", "--hsts-file": "required", "--backups": "optional"},
    "xargs": {"--max-lines": "optional"}, "patch": {"--merge": "optional"}, "diff": {"-c": "none", "-u": "none", "--context": "optional", "--unified": "optional"},
}


def lines(sub, text, cobra, small=False, program=""):
    done, out = set(), []
    for name, (arity, names, meta) in options(text, cobra, small).items():
        corrected = CORRECTIONS.get(f"{program} {sub}".strip(), {})
        if any(n in corrected for n in names):
            for n in names:
                if n not in done:
                    done.add(n)
                    out.append(f"{sub}\t{n}\t{corrected.get(n, arity)}\t{meta if corrected.get(n, arity) != 'none' else ''}")
            continue
        if name in done:
            continue
        group = [n for n in dict.fromkeys(names) if n not in done]
        done.update(group)
        out.append(f"{sub}\t{','.join(group)}\t{arity}\t{meta}")
    return out


GO = """build clean doc env fix fmt generate get install list run test tool version vet bug
mod%download mod%edit mod%graph mod%init mod%tidy mod%vendor mod%verify mod%why work%edit work%init work%sync work%use""".split()


def go_options():
    """What the go command documents in prose; of each word that looks like an option, every subcommand is asked whether it has it and what it takes."""
    out = []
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, HOME=folder, GOPATH=folder + "/go", GOCACHE=folder + "/cache", GOFLAGS="", GOPROXY="off", GOTOOLCHAIN="local", GO111MODULE="on", LC_ALL="C")

        def ask(*argv):
            done = subprocess.run(["go", *argv], capture_output=True, text=True, errors="replace", timeout=60, cwd=folder, env=env, stdin=subprocess.DEVNULL)
            return done.stdout + done.stderr

        texts = {sub: ask("help", *sub.split("%")) for sub in GO}
        listed = {}
        for text in (ask("help", "build"), texts["test"], ask("help", "testflag")):
            listed.update(re.findall(r"^\t-(\w+)( .*)?$", text, re.M))
        for sub in GO:
            if sub == "test":
                # What it does not know it hands on, so it cannot be asked.
                out += [f"test\t-{word}\t{'required' if value else 'none'}\t{'VALUE' if value else ''}" for word, value in sorted(listed.items())]
                continue
            for word in sorted({*listed, *re.findall(r"(?<![\w-])-([a-zA-Z][\w.]*)", texts[sub])}):
                # The option that does not exist stands behind it, so that nothing is done whatever the first one is; where the first takes a value, that is it.
                first = ask(*sub.split("%"), f"-{word}", "-no-such-option")
                if f"not defined: -{word}\n" in first:
                    continue
                missing = ask(*sub.split("%"), f"-{word}") if "not defined: -no-such-option" not in first else ""
                arity = "none" if "not defined: -no-such-option" in first else "required"
                if arity == "required" and f"needs an argument: -{word}" not in missing and f"invalid value \"-no-such-option\" for flag -{word}" not in first:
                    print(f"go {sub} -{word}: {first.splitlines()[:1]} {missing.splitlines()[:1]}")
                out.append(f"{sub.replace('%', ' ')}\t-{word}\t{arity}\t{'VALUE' if arity == 'required' else ''}")
    return out


# getopt_long's complaints.
REFUSED = re.compile(r"doesn't allow an argument|requires an argument|ambiguous|option .* takes no (value|argument)|needs? (a value|an argument)|doesn.t take an argument|missing argument|expects a value|requires a value|does not take|unexpected argument|Invalid boolean|unexpected value|wasn't expected|a value is required|expecting any more values|requires parameter")
GETOPT = {*COREUTILS, "grep", "sed", "tar", "gzip", "xz", "diff", "cmp", "diff3", "sdiff", "wget", "xargs", "make", "patch", "strings", "objdump", "nm", "readelf", "rg",
          "fd", "curl", "column", "git", "jq", "docker", "cargo", "pip", "gh", "ionice", "taskset", "flock", "unshare", "nsenter", "pgrep", "watch"}


def probe(programs):
    asked = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            file = OUT / f"{program}.txt"
            if program not in GETOPT or not file.exists():
                continue
            for line in file.read_text().splitlines():
                sub, names, arity, _ = line.split("\t")
                for name in names.split(","):
                    short = not name.startswith("--")
                    if arity == "optional" or short and len(name) != 2:
                        continue
                    operand = ["guard"] if program in ("rg", "fd") else []
                    argv = [program, *sub.split(), *operand, name + ("=guard" if arity == "none" and not short else "")]
                    try:
                        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=20, cwd=folder, stdin=subprocess.DEVNULL,
                                              env=dict(os.environ, HOME=folder, LC_ALL="C", GIT_CONFIG_NOSYSTEM="1"))
                    except (OSError, subprocess.TimeoutExpired) as problem:
                        print(f"{' '.join(argv)}\t{arity}\t{problem}")
                        continue
                    asked += 1
                    if bool(REFUSED.search(done.stderr + done.stdout)) == (short and arity == "none"):
                        wrong += 1
                        print(f"{' '.join(argv)}\t{arity}\t{(done.stderr or done.stdout).strip().splitlines()[:1]}")
    print(f"{asked} asked, {wrong} answered otherwise")


def main():
    if "--probe" in sys.argv:
        sys.argv.remove("--probe")
        probing = True
    else:
        probing = False
    args, path, wanted = sys.argv[1:], [], []
    while args:
        a = args.pop(0)
        path, wanted = (path + [args.pop(0)], wanted) if a == "--path" else (path, wanted + [a])
    os.environ["PATH"] = ":".join(path + [os.environ["PATH"]])
    if probing:
        probe(wanted or sorted(GETOPT))
        return
    OUT.mkdir(parents=True, exist_ok=True)
    for program in wanted or sorted({*PLAIN, *MULTI, "go"}):
        if program == "go":
            out = go_options()
            (OUT / "go.txt").write_text("\n".join(out) + "\n")
            print("go", len(out))
            continue
        out = lines("", text_of([program], PLAIN.get(program, HELP)), program in ("docker", "kubectl", "gh"), program in SMALL, program)
        how, subs = MULTI.get(program, ("", []))
        for sub in subs:
            argv = [program, *sub.split("%")]
            text = text_of(argv, how)
            if program == "git":
                text += "\n" + text_of(argv, "man")
            out += lines(sub.replace("%", " "), text, program in ("docker", "kubectl", "gh"), program=program)
        if out:
            (OUT / f"{program}.txt").write_text("\n".join(out) + "\n")
            print(program, len(out))


if __name__ == "__main__":
    main()
