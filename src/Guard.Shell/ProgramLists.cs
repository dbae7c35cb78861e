namespace Guard.Shell;

/// <summary>The names behind <see cref="ProgramRules"/>.</summary>
internal static class ProgramLists
{
    /// <summary>bash manual, "Reserved Words".</summary>
    public static bool IsReservedWord(string name) => name is
        "!" or "[[" or "]]" or "case" or "coproc" or "do" or "done" or "elif" or "else" or "esac" or "fi" or "for" or
        "function" or "if" or "in" or "select" or "then" or "time" or "until" or "while" or "{" or "}";

    /// <summary>Builtins that run text, change what later names mean, or evaluate subscripts.</summary>
    public static bool IsBuiltin(string name) => name is
        "." or "alias" or "autoload" or "bg" or "bind" or "builtin" or "command" or "compgen" or "complete" or
        "compopt" or "declare" or "disown" or "emulate" or "enable" or "eval" or "exec" or "export" or "fc" or "fg" or
        "functions" or "getopts" or "hash" or "history" or "jobs" or "let" or "local" or "mapfile" or "nocorrect" or
        "noglob" or "print" or "read" or "readarray" or "readonly" or "sched" or "set" or "shopt" or "source" or
        "trap" or "typeset" or "unalias" or "unset" or "vared" or "wait" or "zle" or "zmodload";

    /// <summary>Programs that start the program their arguments name.</summary>
    public static bool IsWrapper(string name) => name is
        "at" or "aws-vault" or "batch" or "busybox" or "bwrap" or "capsh" or "catchsegv" or "cgexec" or "chpst" or
        "chronic" or "chroot" or "chrt" or "crontab" or "daemonize" or "dbus-run-session" or "direnv" or "doas" or
        "dotenv" or "dtach" or "dumb-init" or "entr" or "env" or "envdir" or "expect" or "fakeroot" or "faketime" or
        "firejail" or "flock" or "gdb" or "gosu" or "guix" or "hyperfine" or "i386" or "ifne" or "ionice" or
        "linux32" or "linux64" or "lldb" or "ltrace" or "machinectl" or "mispipe" or "mosh" or "nc" or "ncat" or
        "newgrp" or "nice" or "nix-shell" or "nodenv" or "nohup" or "nsenter" or "numactl" or "op" or "parallel" or
        "pee" or "perf" or "pkexec" or "prlimit" or "proot" or "proxychains" or "proxychains4" or "pyenv" or
        "rbenv" or "rlwrap" or "run-parts" or "runcon" or "runuser" or "schroot" or "screen" or "script" or "sem" or
        "setarch" or "setpriv" or "setsid" or "setuidgid" or "sg" or "socat" or "softlimit" or "ssh" or "sshpass" or
        "start-stop-daemon" or "stdbuf" or "strace" or "su" or "su-exec" or "sudo" or "sudoedit" or
        "systemd-nspawn" or "systemd-run" or "taskset" or "time" or "timeout" or "tini" or "tmux" or "torsocks" or
        "toybox" or "trickle" or "ts" or "tsocks" or "unbuffer" or "unshare" or "valgrind" or "watch" or
        "watchexec" or "x86_64" or "xargs" or "xvfb-run";

    /// <summary>Programs whose first argument is a program text or a script of their own.</summary>
    public static bool IsProgrammable(string name) => name is
        "awk" or "bc" or "dc" or "ed" or "emacs" or "emacsclient" or "ex" or "gawk" or "gnuplot" or "gsed" or
        "jshell" or "m4" or "mawk" or "maxima" or "mysql" or "nawk" or "nvim" or "octave" or "original-awk" or
        "osascript" or "psql" or "sed" or "sftp" or "sqlite3" or "vi" or "view" or "vim" or "vimdiff";

    /// <summary>Names without their version.</summary>
    public static bool IsInterpreter(string name) => name is
        "R" or "Rscript" or "ash" or "bash" or "bun" or "csh" or "dash" or "deno" or "elixir" or "elvish" or "erl" or
        "fish" or "ghc" or "ghci" or "groovy" or "guile" or "iex" or "ipython" or "irb" or "js" or "julia" or "ksh" or
        "lua" or "luajit" or "mksh" or "node" or "nodejs" or "nu" or "perl" or "php" or "posh" or "pwsh" or "pypy" or
        "python" or "pythonw" or "racket" or "rbash" or "rc" or "ruby" or "runghc" or "scala" or "scheme" or "sh" or
        "swipl" or "tclsh" or "tcsh" or "ts-node" or "tsx" or "wish" or "xonsh" or "yash" or "zsh";

    /// <summary>Modules that run their arguments.</summary>
    public static bool IsPythonRunner(string name) => name is
        "IPython" or "cProfile" or "cmd" or "code" or "coverage" or "debugpy" or "idlelib" or "pdb" or "profile" or
        "runpy" or "timeit" or "trace";

    /// <summary>Options and subcommands with which a program starts another, or reads what to start.</summary>
    public static string[] StartersOf(string program) => program switch
    {
        "bsdtar" => ["--use-compress-program"],
        "cargo" => ["--config"],
        "cmake" => ["-E", "-P"],
        "docker" => ["exec", "run"],
        "podman" => ["exec", "run"],
        "kubectl" => ["exec", "run", "debug"],
        "fd" => ["-x", "-X", "--exec", "--exec-batch"],
        "fdfind" => ["-x", "-X", "--exec", "--exec-batch"],
        "find" => ["-exec", "-execdir", "-ok", "-okdir", "-delete", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from"],
        "g++" => ["-wrapper", "-B", "--specs", "-specs"],
        "gcc" => ["-wrapper", "-B", "--specs", "-specs"],
        "git" =>
        [
            "-c", "--exec-path", "--config-env", "-x", "--exec", "--extcmd", "--open-files-in-pager", "-O",
            "--upload-pack", "--receive-pack", "--ext-diff", "--textconv", "--editor", "bisect", "config", "daemon",
            "difftool", "filter-branch", "foreach", "instaweb", "mergetool", "send-email", "web--browse", "help",
            "ext:", "credential", "hook", "maintenance",
        ],
        "go" => ["-exec", "--exec", "-toolexec", "--toolexec", "-vettool", "--vettool", "generate"],
        "ip" => ["exec"],
        "make" => ["-E", "--eval", "SHELL="],
        "gmake" => ["-E", "--eval"],
        "man" => ["-P", "--pager", "-H", "--html"],
        "npm" => ["exec", "x", "-c", "--call", "--script-shell", "--node-options"],
        "npx" => ["-c", "--call", "--shell"],
        "pnpm" => ["exec", "dlx", "-c", "--shell-mode"],
        "yarn" => ["exec", "dlx"],
        "rg" => ["--pre", "--hostname-bin"],
        "rsync" => ["-e", "--rsh", "--rsync-path"],
        "scp" => ["-S", "-o"],
        "sort" => ["--compress-program"],
        "split" => ["--filter"],
        "tar" =>
        [
            "-I", "-F", "--use-compress-program", "--to-command", "--checkpoint-action", "--info-script",
            "--new-volume-script", "--rsh-command", "--rmt-command",
        ],
        "wget" => ["--use-askpass", "--config", "-e", "--execute"],
        "zip" => ["-T", "--unzip-command"],
        _ => [],
    };
}
