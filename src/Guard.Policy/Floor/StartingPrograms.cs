using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>Programs that start another one that stands in their arguments, as the floor's rough reading knows them.</summary>
internal static class StartingPrograms
{
    /// <summary>Programs that take a whole script as one argument.</summary>
    public static readonly ImmutableArray<string> Shells = ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "su", "script", "watch"];

    /// <summary>Programs that start the command behind their options, and how many words of their own stand before it.</summary>
    public static readonly FrozenDictionary<string, int> Wrappers = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["sudo"] = 0,
        ["doas"] = 0,
        ["env"] = 0,
        ["nohup"] = 0,
        ["nice"] = 0,
        ["ionice"] = 0,
        ["time"] = 0,
        ["timeout"] = 1,
        ["stdbuf"] = 0,
        ["setsid"] = 0,
        ["command"] = 0,
        ["builtin"] = 0,
        ["exec"] = 0,
        ["xargs"] = 0,
        ["parallel"] = 0,
        ["busybox"] = 0,
        ["toybox"] = 0,
        ["chroot"] = 1,
        ["unshare"] = 0,
        ["nsenter"] = 0,
        ["strace"] = 0,
        ["ltrace"] = 0,
        ["chrt"] = 1,
        ["taskset"] = 1,
        ["flock"] = 1,
        ["systemd-run"] = 0,
        ["pkexec"] = 0,
        ["runuser"] = 1,
        ["fakeroot"] = 0,
        ["unbuffer"] = 0,
        ["ssh"] = 1,
        ["npx"] = 0,
        ["bunx"] = 0,
        ["pnpx"] = 0,
        ["caffeinate"] = 0,
        ["catchsegv"] = 0,
        ["setpriv"] = 0,
        ["su-exec"] = 1,
        ["gosu"] = 1,
        ["prlimit"] = 0,
        ["watch"] = 0,
        ["eatmydata"] = 0,
        ["cgexec"] = 0,
        ["firejail"] = 0,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Words of the shell behind which a command begins.</summary>
    public static readonly ImmutableArray<string> Keywords = ["{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "time", "coproc", "[[", "]]"];
}
