using Guard.Shell.Analysis;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>Scripts that a program runs by itself, so that a line which writes one and then starts the program runs it.</summary>
internal static class OwnScripts
{
    /// <summary>Names that stand for all scripts of a kind, where a command runs them.</summary>
    private const string Startup = "<startup>";

    private const string Hooks = "<hooks>";

    private static readonly string[] StartupNames =
        [".bashrc", ".bash_profile", ".bash_login", ".profile", ".bash_logout", ".zshenv", ".zshrc", ".zprofile", ".zlogin", ".zlogout", ".kshrc", ".mkshrc", ".shrc"];

    private static readonly string[] HookNames =
    [
        "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push",
        "pre-receive", "proc-receive", "post-receive", "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite", "sendemail-validate", "fsmonitor-watchman", "post-index-change",
    ];

    /// <summary>The last names of the files that a run may mean; null: the run is of one file that it names.</summary>
    public static IReadOnlyList<string>? Of(string path) => path switch { Startup => StartupNames, Hooks => HookNames, _ => null };

    /// <summary>What a command runs beside the files that it names, and the shell that reads it; null: nothing.</summary>
    public static (string Path, string Shell)? RunBy(CommandEffects effects)
    {
        if (effects.Program == "git")
            return (Hooks, "");
        var asksForLogin = effects.Options.Any(static o => o.Names.Any(static n => n is "-l" or "--login" or "-i"));
        return effects.Program == "su" || (asksForLogin && (effects.Program == "sudo" || ShellNames.Contains(effects.Program))) || effects.Program == "zsh"
            ? (Startup, ShellNames.Contains(effects.Program) ? effects.Program : "bash")
            : null;
    }
}
