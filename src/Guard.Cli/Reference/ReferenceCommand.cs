using System.CommandLine;
using Guard.Cli.Terminal;

namespace Guard.Cli.Reference;

/// <summary><c>guard reference</c>, hidden: writes docs/cli.md, which a test compares with what is committed.</summary>
internal static class ReferenceCommand
{
    private const string Introduction = """
        # The `guard` command

        <!-- Made by `guard reference > docs/cli.md`; do not edit. -->

        Every command has `--help`; those that state a result have `--json`. Results go to standard output, errors and warnings
        to standard error, one line each. Colours are used on a terminal alone, and not when `NO_COLOR` is set.

        Commands that administer find the gateway by `--gateway`, else `GUARD_GATEWAY_URL`, else the Unix socket in Guard's data
        folder (`--data`, else `GUARD_DATA`, else `~/.guard`), and the admin key by `--admin-key-file`, else `GUARD_ADMIN_KEY`,
        else `admin.key` in the data folder. A key is never an argument: arguments show in process lists and histories.

        """;

    public static Command Create(CliContext context)
    {
        var command = new Command("reference", "Write the reference of all commands as Markdown") { Hidden = true };
        command.SetAction(async (_, cancel) =>
        {
            context.Output.Write(Introduction.ReplaceLineEndings("\n"));
            await WriteAsync(context, [], GuardCommand.Create(context), cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task WriteAsync(CliContext context, IReadOnlyList<string> path, Command command, CancellationToken cancel)
    {
        using var help = new StringWriter();
        await CommandRunner.RunAsync(context with { Output = help }, [.. path, "--help"], cancel);
        var lines = help.ToString().TrimEnd().Split('\n').Select(l => l.TrimEnd());
        context.Output.Write($"\n## {string.Join(' ', ["guard", .. path])}\n\n```text\n{string.Join('\n', lines)}\n```\n");
        foreach (var child in command.Subcommands.Where(c => !c.Hidden)) await WriteAsync(context, [.. path, child.Name], child, cancel);
    }
}
