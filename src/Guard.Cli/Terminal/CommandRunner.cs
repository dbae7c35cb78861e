using System.CommandLine;
using System.CommandLine.Invocation;
using Guard.Client;

namespace Guard.Cli.Terminal;

/// <summary>Runs one command line and turns every way it can fail into one line on stderr and an exit code.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(CliContext context, IReadOnlyList<string> args, CancellationToken cancel)
    {
        var parsed = GuardCommand.Create(context).Parse(args);
        if (parsed.Action is ParseErrorAction || (parsed.Errors.Count > 0 && parsed.Action is not NotedHelp))
            return Fail(context, ExitCodes.Usage, $"{Describe(parsed)} (see `{CommandPath(parsed)} --help`)");

        var configuration = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancel);
        }
        catch (CliException e)
        {
            return Fail(context, e.ExitCode, e.Message);
        }
        catch (GatewayProblemException e)
        {
            return Fail(context, Explain(e), e.Message);
        }
        catch (GatewayUnreachableException e)
        {
            return Fail(context, ExitCodes.Unreachable, e.Message + ". Is it running? Start it with `guard up`, or name another with --gateway.");
        }
        catch (GatewayProtocolException e)
        {
            return Fail(context, ExitCodes.Unreachable, e.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Fail(context, ExitCodes.Refused, "interrupted");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(context, ExitCodes.Refused, e.Message);
        }
        catch (Exception e)
        {
            return Fail(context, ExitCodes.Fault, $"a fault in guard itself, please report it: {e.GetType().Name}: {e.Message} ({e.StackTrace?.Split('\n')[0].Trim()})");
        }
    }

    private static int Explain(GatewayProblemException e) => e switch
    {
        { IsNotAuthorised: true } => ExitCodes.NotAuthorised,
        { Status: 422 } => ExitCodes.BadDocument,
        { Status: >= 500 } => ExitCodes.Unreachable,
        _ => ExitCodes.Refused,
    };

    private static int Fail(CliContext context, int exitCode, string message)
    {
        context.Error.WriteLine("guard: " + PlainText.OneLine(message));
        return exitCode;
    }

    private static string Describe(ParseResult parsed)
    {
        // A word that is no command is worth more to its writer than the command that is missing because of it.
        var messages = parsed.Errors.Select(e => e.Message.TrimEnd('.')).Where(m => m != "Required command was not provided").ToList();
        return messages.Count == 0 ? "a command is needed" : messages[0];
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult command; at = command.Parent)
            names.Insert(0, command.Command.Name);
        return string.Join(' ', names);
    }
}
