using System.Text;

namespace Guard.Cli.Terminal;

/// <summary>The context of a real process.</summary>
internal static class ProcessContext
{
    public static CliContext Create()
    {
        var isTerminal = !Console.IsOutputRedirected;
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        var context = new CliContext
        {
            Output = output,
            Error = error,
            IsTerminal = isTerminal,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Environment = System.Environment.GetEnvironmentVariable,
            Home = HomeFolder(),
            CurrentDirectory = System.Environment.CurrentDirectory,
            ProgramFolder = AppContext.BaseDirectory,
        };
        return isTerminal && TerminalWidth() is { } width ? context with { Width = width } : context;
    }

    // HOME when it is usable, as the agent client reads it; else the account's entry in the password database.
    private static string HomeFolder()
    {
        var home = System.Environment.GetEnvironmentVariable("HOME");
        if (!Path.IsPathFullyQualified(home ?? "")) home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        return string.IsNullOrEmpty(home) ? "/" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
    }

    private static int? TerminalWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : null;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return null;
        }
    }
}
