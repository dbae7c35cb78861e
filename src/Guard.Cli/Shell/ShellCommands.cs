using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Shell.Effects;
using Guard.Shell.Lines;

namespace Guard.Cli.Shell;

/// <summary><c>guard shell</c>: what Guard understands of shell lines.</summary>
internal static class ShellCommands
{
    private const string Notes = """
        The line is not run. Files are looked up in the folder it would run in: globs and folders mean what is there now.
        This is what the hook sees of a line (docs/hooks.md). What is shown here decides nothing: guard policy test does.
        """;

    public static Command Create(CliContext context) => new("shell", "Show what Guard understands of a shell line")
    {
        CreateExplain(context),
    };

    private static NotedCommand CreateExplain(CliContext context)
    {
        var line = new Argument<string>("LINE") { Description = "As an agent would give it to bash; quote it" };
        var folder = new Option<string?>("--cwd") { HelpName = "DIR", Description = "The folder it would run in (default: this one)" };
        var json = CommonOptions.Json();
        var command = new NotedCommand("explain", "Show the commands a line would run, what they touch, and what cannot be known")
        {
            Notes = Notes,
        };
        command.Add(line);
        command.Add(folder);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var at = parsed.GetValue(folder) is { } stated ? context.Resolve(stated) : context.CurrentDirectory;
            if (!Directory.Exists(at)) throw CliException.Usage($"--cwd: there is no folder {at}");
            var report = LineAccesses.Of(parsed.GetRequiredValue(line), Facts(context, at));
            if (parsed.GetValue(json)) context.WriteJson(ExplainReport.From(report, at), CliJson.Default.ExplainReport);
            else ExplainOutput.Write(context, report, at);
            return ExitCodes.Done;
        });
        return command;
    }

    private static LineFacts Facts(CliContext context, string folder) => new()
    {
        WorkingDirectory = folder,
        Home = context.Home,
        User = context.Environment("USER"),
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["CDPATH"] = context.Environment("CDPATH"), ["TMPDIR"] = context.Environment("TMPDIR") },
        View = MachineGlobView.Instance,
        Probe = path => Directory.Exists(path) ? PathForm.Directory : MachineGlobView.Instance.Exists(path) ? PathForm.File : PathForm.Missing,
    };
}
