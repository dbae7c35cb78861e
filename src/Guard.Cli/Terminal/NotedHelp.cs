using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Guard.Cli.Terminal;

/// <summary>A command whose own help ends with notes, which lists of commands leave out.</summary>
internal sealed class NotedCommand(string name, string description) : Command(name, description)
{
    public required string Notes { get; init; }
}

/// <summary>Help, then the notes of a <see cref="NotedCommand"/>.</summary>
internal sealed class NotedHelp(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is NotedCommand noted)
            parseResult.InvocationConfiguration.Output.WriteLine(noted.Notes.ReplaceLineEndings("\n"));
        return exitCode;
    }
}
