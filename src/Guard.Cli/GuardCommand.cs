using System.CommandLine;
using Guard.Cli.Agents;
using Guard.Cli.Audit;
using Guard.Cli.Init;
using Guard.Cli.Policies;
using Guard.Cli.Terminal;
using Guard.Cli.Up;

namespace Guard.Cli;

/// <summary>The whole command line of <c>guard</c>.</summary>
internal static class GuardCommand
{
    public static RootCommand Create(CliContext context)
    {
        var root = new RootCommand("Decides, records and proves what coding agents may do on this machine.\n\n" + ExitCodes.Explanation);
        root.Subcommands.Add(UpCommand.Create(context));
        root.Subcommands.Add(InitCommand.Create(context));
        root.Subcommands.Add(PolicyCommand.Create(context));
        root.Subcommands.Add(AuditCommand.Create(context));
        root.Subcommands.Add(AgentCommand.Create(context));
        foreach (var option in root.Options.OfType<System.CommandLine.Help.HelpOption>())
            ((System.CommandLine.Help.HelpAction)option.Action!).MaxWidth = 120;
        return root;
    }
}
