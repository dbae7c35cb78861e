using System.CommandLine;
using System.Text.Json;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;

namespace Guard.Cli.Doctor;

/// <summary><c>guard doctor</c>: is Guard in force here, and will it stay so?</summary>
internal static class DoctorCommand
{
    private const string KeyVariable = "GUARD_ADMIN_KEY";

    public static Command Create(CliContext context)
    {
        var data = CommonOptions.Data();
        var adminKeyFile = new Option<string?>("--admin-key-file") { HelpName = "FILE", Description = "File that holds the admin key (else GUARD_ADMIN_KEY, else admin.key in Guard's data folder); without one less is looked at" };
        var caFile = new Option<string?>("--ca-file") { HelpName = "PEM", Description = "Authorities to trust for an https gateway (default: those of the hook's settings)" };
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Find what keeps Guard from being in force here, with the remedy; asks the registered hook about one call that must be denied and one that must be allowed")
        {
            data, adminKeyFile, caFile, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = CommonOptions.FolderOf(parsed, data, context);
            var key = FindKey(context, folder, parsed.GetValue(adminKeyFile));
            var authorities = parsed.GetValue(caFile) is { } stated ? context.Resolve(stated) : null;
            var report = await new Examination(context, folder, key, authorities).RunAsync(cancel);
            if (parsed.GetValue(json))
                context.Output.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.DoctorReport));
            else
                DoctorText.Write(context, report);
            return report.Findings.Count == 0 ? ExitCodes.Done : ExitCodes.Negative;
        });
        return command;
    }

    private static string? FindKey(CliContext context, GuardFolder folder, string? stated)
    {
        if (stated is not null) return Read(context.Resolve(stated));
        if (context.Environment(KeyVariable) is { Length: > 0 } key) return key.Trim();
        return File.Exists(folder.AdminKey) ? Read(folder.AdminKey) : null;

        static string Read(string path)
        {
            try
            {
                return File.ReadAllText(path).Trim();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CliException(ExitCodes.NotAuthorised, $"the admin key in {path} cannot be read: {e.Message}", e);
            }
        }
    }
}
