using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using Guard.Cli.Agents;
using Guard.Cli.Audit;
using Guard.Cli.Doctor;
using Guard.Cli.Init;
using Guard.Cli.Init.Managed;
using Guard.Cli.Policies;
using Guard.Cli.Reference;
using Guard.Cli.Shell;
using Guard.Cli.Spool;
using Guard.Cli.Terminal;
using Guard.Cli.Up;

namespace Guard.Cli;

/// <summary>The whole command line of <c>guard</c>.</summary>
internal static class GuardCommand
{
    private const string Description = "Decides, records and proves what coding agents may do on this machine.";
    private const int HelpWidth = 120;

    public static Command Create(CliContext context)
    {
        // A plain command rather than a root command, which would take its name from whatever executable hosts it.
        var help = new HelpOption { Description = "Show help" };
        var action = (HelpAction)help.Action!;
        action.MaxWidth = HelpWidth;
        help.Action = new NotedHelp(action);
        var version = new Option<bool>("--version") { Description = "Show the version" };
        var guard = new NotedCommand("guard", Description) { Notes = ExitCodes.Explanation };
        guard.Add(UpCommand.Create(context));
        guard.Add(InitCommand.Create(context));
        guard.Add(DoctorCommand.Create(context));
        guard.Add(PolicyCommand.Create(context));
        guard.Add(AgentCommand.Create(context));
        guard.Add(KeyCommand.Create(context));
        guard.Add(AuditCommand.Create(context));
        guard.Add(SpoolCommand.Create(context));
        guard.Add(ShellCommands.Create(context));
        guard.Add(ReferenceCommand.Create(context));
        guard.Add(ManagedStoreCommand.Create(context));
        guard.Add(version);
        guard.Add(help);
        guard.SetAction(parsed =>
        {
            if (!parsed.GetValue(version)) throw CliException.Usage("a command is needed (see `guard --help`)");
            context.WriteLine(Version);
            return ExitCodes.Done;
        });
        return guard;
    }

    private static string Version { get; } =
        typeof(GuardCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
