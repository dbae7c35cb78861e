namespace Guard.Cli.Terminal;

/// <summary>Ends a command with one line on stderr and an exit code.</summary>
internal sealed class CliException : Exception
{
    public CliException(int exitCode, string message, Exception? inner = null)
        : base(message, inner) => ExitCode = exitCode;

    public int ExitCode { get; }

    public static CliException Usage(string message) => new(ExitCodes.Usage, message);

    public static CliException Refused(string message, Exception? inner = null) => new(ExitCodes.Refused, message, inner);
}
