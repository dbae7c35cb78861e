namespace Guard.Shell.Analysis;

/// <summary>Programs that run text as commands.</summary>
internal static class ShellNames
{
    public static bool Contains(ReadOnlySpan<char> program) => program is "bash" or "rbash" or "sh" or "dash" or "ash" or "ksh" or "mksh" or "zsh" or "fish" or "posh" or "yash" or "csh" or "tcsh";
}
