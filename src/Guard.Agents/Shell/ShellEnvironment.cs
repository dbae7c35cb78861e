using System.Collections;

namespace Guard.Agents.Shell;

/// <summary>What is known of the variables with which the shell of a command line starts.</summary>
public sealed record ShellEnvironment
{
    // bash manual, "Shell Variables" and "Bash Startup Files": each changes how any line is read, or runs something before it.
    private static readonly string[] Altering = ["BASH_ENV", "SHELLOPTS", "BASHOPTS", "GLOBIGNORE", "BASH_COMPAT", "POSIXLY_CORRECT"];

    private const string FunctionPrefix = "BASH_FUNC_";

    /// <summary>A shell in which nothing is set beyond what every one has.</summary>
    public static ShellEnvironment Plain { get; } = new() { SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

    /// <summary>The value of <c>USER</c>; null: not known.</summary>
    public string? User { get; init; }

    /// <summary>The value of <c>TMPDIR</c>; null: not set.</summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>The value of <c>PATH</c>.</summary>
    public string? SearchPath { get; init; }

    /// <summary><c>CDPATH</c> is set, so that <c>cd</c> may lead to folders beside the working directory.</summary>
    public bool HasFolderPath { get; init; }

    /// <summary>A set variable that changes how lines are read; null: none is.</summary>
    public string? AlteredBy { get; init; }

    /// <summary>Names of exported functions, which go before programs of the same name.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>The environment of this process, which a client hands to its hooks and its shells alike.</summary>
    public static ShellEnvironment OfProcess()
    {
        string? altered = null;
        List<string>? functions = null;
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var name = (string)entry.Key;
            if (Array.IndexOf(Altering, name) >= 0 && entry.Value is string { Length: > 0 }) altered = name;
            else if (name.StartsWith(FunctionPrefix, StringComparison.Ordinal)) (functions ??= []).Add(name[FunctionPrefix.Length..].TrimEnd('%').TrimEnd('(', ')'));
        }

        return new ShellEnvironment
        {
            User = Environment.GetEnvironmentVariable("USER"),
            TemporaryFolder = Environment.GetEnvironmentVariable("TMPDIR"),
            SearchPath = Environment.GetEnvironmentVariable("PATH"),
            HasFolderPath = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CDPATH")),
            AlteredBy = altered,
            Functions = functions ?? [],
        };
    }
}
