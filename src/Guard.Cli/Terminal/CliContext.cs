using Guard.Client;
using Spectre.Console;

namespace Guard.Cli.Terminal;

/// <summary>
/// Everything a command knows of the world around it. The process gives it the real console; tests give it their own
/// writers, folders and environment, so that commands run the same in both.
/// </summary>
internal sealed record CliContext
{
    /// <summary>Results. With <c>--json</c> nothing else is written here.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Errors and warnings.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Output goes to a terminal: colours are welcome and keys may be shown to a person.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Errors go to a terminal: progress may be shown there.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Columns of the terminal; for files and pipes a fixed width.</summary>
    public int Width { get; init; } = 160;

    public required Func<string, string?> Environment { get; init; }

    /// <summary>The home folder that <c>~</c> means, absolute.</summary>
    public required string Home { get; init; }

    public required string CurrentDirectory { get; init; }

    /// <summary>The folder that <c>guard</c> lies in, where <c>guard-hook</c> lies beside it.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>Where the agent client reads settings that nobody but root may change.</summary>
    public string ManagedSettingsFolder { get; init; } = "/etc/claude-code";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Colours only for a terminal, and never against NO_COLOR (no-color.org: set and not empty).</summary>
    public bool UseColor => IsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not "dumb";

    /// <summary>An absolute path for what a person typed: <c>~/</c> is the home folder, relative is below the current one.</summary>
    public string Resolve(string path) =>
        path == "~" ? Home
        : path.StartsWith("~/", StringComparison.Ordinal) ? Path.GetFullPath(path[2..], Home)
        : Path.GetFullPath(path, CurrentDirectory);

    /// <summary>The path as people know it: below home it begins with <c>~/</c>.</summary>
    public string Shorten(string path) =>
        path.StartsWith(Home + "/", StringComparison.Ordinal) ? "~" + path[Home.Length..] : path;

    /// <summary>Writes a line of which the whole is untrusted: what could steer a terminal is shown as an escape.</summary>
    public void WriteLine(string line) => Output.WriteLine(PlainText.OneLine(line));

    public void Warn(string message) => Error.WriteLine("guard: warning: " + PlainText.OneLine(message));

    public IAnsiConsole CreateConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = UseColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = UseColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        console.Profile.Width = Width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
