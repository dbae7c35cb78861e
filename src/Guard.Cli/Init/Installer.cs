using System.Text;
using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;
using Guard.Cli.Connection;
using Guard.Cli.Init.Managed;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init;

/// <summary>Puts Guard's registrations into one settings file, and takes them out.</summary>
internal sealed class Installer(CliContext context, GuardFolder folder)
{
    private readonly InstallationRecords _records = new(folder);

    public async Task<InitReport> InstallAsync(InitRequest request, CancellationToken cancel)
    {
        if (request.DryRun) return Install(request);
        using (await InstallationLock.TakeAsync(folder, context.Time, cancel))
        {
            return Install(request);
        }
    }

    public async Task<InitReport> UninstallAsync(InitRequest request, CancellationToken cancel)
    {
        if (request.DryRun) return Uninstall(request);
        using (await InstallationLock.TakeAsync(folder, context.Time, cancel))
        {
            return Uninstall(request);
        }
    }

    private InitReport Install(InitRequest request)
    {
        var file = SettingsFile.Open(request.SettingsPath);
        var (settings, repairs, warnings) = Read(file, request.Repair);
        var before = settings.DeepClone();
        var knownBefore = HookRegistrations.Exists(settings);

        var made = new List<string>(HookRegistrations.Add(settings, request.HookPath, request.ConfigPath));
        IReadOnlyList<string> added = [];
        if (request.Permissions)
        {
            var permissions = PermissionRules.Add(settings);
            added = permissions.Added;
            made.AddRange(permissions.Made);
        }

        IReadOnlyList<SetMember> set = [];
        if (request.Managed)
        {
            (set, var left) = ManagedSettings.Add(settings, request.GatewayHost);
            warnings = [.. warnings, .. left];
        }

        var report = new InitReport
        {
            Operation = "install",
            File = request.SettingsPath,
            Changed = repairs.Count > 0 || !JsonNode.DeepEquals(before, settings),
            DryRun = request.DryRun,
            Events = HookEvents.Registered,
            Permissions = added,
            Repairs = repairs,
            Warnings = warnings,
        };
        var content = StyleOf(file).Write(settings);
        if (request.DryRun) return report with { Content = Encoding.UTF8.GetString(content) };
        if (!report.Changed) return report;

        var earlier = _records.Find(file);
        var unbroken = earlier is not null && file.Bytes is not null && InstallationRecords.Digest(file.Bytes) == earlier.Written;
        var madeFolder = !Directory.Exists(Path.GetDirectoryName(file.RealPath));
        var backup = file.Bytes is null ? null : file.Backup();

        // The record goes first: text that Guard wrote must never stand there without one.
        var record = new InstallationRecord
        {
            SettingsPath = request.SettingsPath,
            Written = InstallationRecords.Digest(content),
            Original = unbroken ? earlier!.Original : earlier is not null || knownBefore ? null : Convert.ToBase64String(file.Bytes ?? []),
            MadeFolder = madeFolder || earlier is { MadeFolder: true },
            Made = [.. (earlier?.Made ?? []).Union(made, StringComparer.Ordinal)],
            Permissions = [.. (earlier?.Permissions ?? []).Union(added, StringComparer.Ordinal)],
            Set = [.. earlier?.Set ?? [], .. set],
            Backups = backup is null ? earlier?.Backups ?? [] : [.. earlier?.Backups ?? [], backup],
        };
        _records.Save(file, record);
        try
        {
            file.Replace(content);
        }
        catch
        {
            if (earlier is null)
                _records.Remove(file);
            else
                _records.Save(file, earlier);
            throw;
        }

        return report with { Backup = backup };
    }

    private InitReport Uninstall(InitRequest request)
    {
        var file = SettingsFile.Open(request.SettingsPath);
        var record = _records.Find(file);
        var report = new InitReport { Operation = "uninstall", File = request.SettingsPath, Changed = false, DryRun = request.DryRun };
        if (file.Bytes is null)
        {
            if (!request.DryRun) _records.Remove(file);
            return report;
        }

        var untouched = record is not null && InstallationRecords.Digest(file.Bytes) == record.Written;
        if (untouched && record!.Original is { } original) return Restore(request, file, record, Convert.FromBase64String(original), report);

        var (settings, repairs, _) = Read(file, request.Repair);
        var before = settings.DeepClone();
        Func<string, bool> mayRemove = record is null ? _ => true : path => record.Made.Contains(path, StringComparer.Ordinal);
        HookRegistrations.Remove(settings, mayRemove);
        ManagedSettings.Remove(settings, record?.Set ?? []);
        PermissionRules.Remove(settings, (IReadOnlyCollection<string>?)record?.Permissions ?? [], mayRemove);

        var changed = repairs.Count > 0 || !JsonNode.DeepEquals(before, settings);
        var content = StyleOf(file).Write(settings);
        report = report with
        {
            Changed = changed,
            Permissions = record?.Permissions ?? [],
            Repairs = repairs,
            Warnings = changed && record is null
                ? ["there is no record of what was put in here: the hooks were taken out, entries of permissions.allow were left as they are"]
                : [],
        };
        if (request.DryRun) return report with { Content = Encoding.UTF8.GetString(content) };
        if (changed)
        {
            report = report with { Backup = file.Backup() };
            file.Replace(content);
        }

        _records.Remove(file);
        return report;
    }

    // Nobody has changed the file since: it becomes what it was before, byte for byte, and copies of that are not needed.
    private InitReport Restore(InitRequest request, SettingsFile file, InstallationRecord record, byte[] original, InitReport report)
    {
        report = report with { Changed = true, Permissions = record.Permissions };
        if (request.DryRun) return report with { Content = Encoding.UTF8.GetString(original) };
        if (original.Length == 0)
        {
            file.Delete();
            var settingsFolder = Path.GetDirectoryName(file.RealPath)!;
            if (record.MadeFolder && !Directory.EnumerateFileSystemEntries(settingsFolder).Any()) Directory.Delete(settingsFolder);
        }
        else
        {
            file.Replace(original);
        }

        foreach (var backup in record.Backups) File.Delete(backup);
        _records.Remove(file);
        return report;
    }

    private static SettingsStyle StyleOf(SettingsFile file) => file.Bytes is null ? SettingsStyle.Default : SettingsStyle.Of(file.Bytes);

    private static (JsonObject Settings, IReadOnlyList<string> Repairs, IReadOnlyList<string> Warnings) Read(SettingsFile file, bool repair)
    {
        var text = SettingsText.Read(file.Bytes ?? []);
        var shape = SettingsCheck.Of(text);
        var defects = text.Defects.Concat(shape.Defects).ToList();
        var warnings = shape.Remarks.Select(r => $"{file.Path}:{r.Line}:{r.Column}: {r.Message}").ToList();
        if (defects.Count == 0) return (text.Root!, [], warnings);

        var fatal = defects.FirstOrDefault(d => d.Repair is null);
        if (fatal is not null) throw new CliException(ExitCodes.BadDocument, $"{file.Path}:{fatal.Line}:{fatal.Column}: {fatal.Message}; mend it by hand, nothing was changed");
        if (!repair)
        {
            var first = defects[0];
            var more = defects.Count == 1 ? "" : $" ({defects.Count - 1} more: {string.Join(", ", defects.Skip(1).Take(5).Select(d => $"{d.Line}:{d.Column}"))})";
            throw new CliException(ExitCodes.BadDocument, $"{file.Path}:{first.Line}:{first.Column}: {first.Message}{more}; mend it, or let --repair rewrite the file as plain JSON (with a backup)");
        }

        SettingsCheck.Repair(text);
        return (text.Root!, [.. defects.Select(d => $"{file.Path}:{d.Line}:{d.Column}: {d.Message}; --repair {d.Repair}")], warnings);
    }
}
