using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Init.Managed;

/// <summary>Says on a terminal what a managed installation did.</summary>
internal static class ManagedText
{
    public static void Write(CliContext context, ManagedReport report)
    {
        foreach (var warning in report.Warnings) context.Warn(warning);
        if (report is { Operation: "uninstall", Steps.Count: 0 })
        {
            context.WriteLine("There is no managed installation on this machine.");
            return;
        }

        if (report.DryRun) context.WriteLine("This would be done; nothing was changed:");
        foreach (var step in report.Steps.Where(step => step.State != "unchanged")) context.WriteLine($"  {step.Thing}: {step.State}");
        var unchanged = report.Steps.Count(step => step.State == "unchanged");
        if (unchanged > 0) context.WriteLine($"  {unchanged} things are as they should be");
        if (report.DryRun && report.Settings is { Content: { } content, Changed: true })
        {
            context.WriteLine($"{report.Settings.File} would become:");
            foreach (var line in content.TrimEnd().Split('\n')) context.WriteLine(line.TrimEnd('\r'));
        }

        if (report.Settings?.Backup is { } backup) context.WriteLine($"The client's managed settings as they were: {backup}");
        if (report.Canary is { Stopped: true }) context.WriteLine("Canary: a write to the client's managed settings, asked by an account without rights, was denied by the floor. Guard is in force.");
        if (report.Canary is { Stopped: false } failed) context.Error.WriteLine(PlainText.OneLine($"guard: the canary failed: {failed.Reason}. Until this is mended, tool calls are denied."));
        foreach (var next in report.Next) context.WriteLine("Next: " + next);
    }
}
