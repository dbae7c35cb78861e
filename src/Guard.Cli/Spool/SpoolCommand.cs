using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Init;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Spool;

/// <summary><c>guard spool</c>: what this account's hook kept while no gateway took it.</summary>
internal static class SpoolCommand
{
    private const string Notes = """
        The hook hands its spool over by itself with the next call that a gateway answers. This does it now, by the hook
        itself: on a managed machine nothing else may reach the spool. /etc/guard/hook.json goes before --config.
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Command Create(CliContext context) => new("spool", "Look after what the hook kept while no gateway took it")
    {
        CreateFlush(context),
    };

    private static NotedCommand CreateFlush(CliContext context)
    {
        var hook = new Option<string?>("--hook") { HelpName = "PATH", Description = "The hook program (default: guard-hook beside guard, else on PATH)" };
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "The hook's settings (default: hook.json in Guard's data folder)" };
        var data = CommonOptions.Data();
        var command = new NotedCommand("flush", "Hand over the outcomes and denials that the hook kept") { Notes = Notes };
        command.Add(hook);
        command.Add(config);
        command.Add(data);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = parsed.GetValue(config) is { } stated ? context.Resolve(stated) : CommonOptions.FolderOf(parsed, data, context).HookConfig;
            try
            {
                var result = await ChildProcess.RunAsync(InitCommand.HookPath(context, parsed.GetValue(hook)), ["flush", "--config", settings, "--deadline", "100"], "", context.CurrentDirectory, Limit, cancel);
                if (result.ExitCode != 0) throw new CliException(ExitCodes.Unreachable, WithoutName(result.Error));
                context.WriteLine(WithoutName(result.Output));
                return ExitCodes.Done;
            }
            catch (IOException e)
            {
                throw CliException.Refused(e.Message, e);
            }
        });
        return command;
    }

    // The hook begins its sentences as a program of its own.
    private static string WithoutName(string text)
    {
        var line = PlainText.OneLine(text.Trim());
        return line.StartsWith("guard: ", StringComparison.Ordinal) ? line["guard: ".Length..] : line;
    }
}
