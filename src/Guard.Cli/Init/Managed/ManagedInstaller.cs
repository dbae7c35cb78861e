using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init.Managed;

/// <summary>
/// Puts Guard onto a machine so that the accounts on it cannot take it apart: programs and settings of root, a gateway with
/// an account of its own, and a hook that alone may speak to it. Every step can be repeated.
/// </summary>
internal sealed class ManagedInstaller(CliContext context, ManagedRequest request)
{
    private const uint Root = 0;
    private const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;
    private const UnixFileMode ForGroup = (UnixFileMode)0b111_101_000;
    private const UnixFileMode ForOwner = (UnixFileMode)0b111_000_000;
    private const UnixFileMode SharedState = (UnixFileMode)0b10_111_111_000;
    private const UnixFileMode ReadableByAll = (UnixFileMode)0b110_100_100;
    private const UnixFileMode ReadableByGroup = (UnixFileMode)0b110_100_000;
    private const UnixFileMode HookProgram = (UnixFileMode)0b10_111_101_101;
    private const string Settings = "managed-settings.json";

    private readonly Machine _machine = new(context, request.DryRun);
    private readonly List<string> _warnings = [];
    private readonly List<string> _next = [];

    private string SettingsPath => Path.Combine(context.ManagedSettingsFolder, Settings);

    private static string AgentName => $"claude-code-{Environment.MachineName.ToLowerInvariant()}";

    public async Task<ManagedReport> InstallAsync(CancellationToken cancel)
    {
        var earlier = ManagedRecord.Find();
        await CheckAsync(earlier, cancel);
        var account = await MakeAccountAsync(cancel);
        var user = account.User ?? Root;
        var group = account.Group ?? Root;
        var record = new ManagedRecord
        {
            MadeAccount = earlier is { MadeAccount: true } || SystemAccountWasMissing,
            MadeGroup = earlier is { MadeGroup: true } || SystemGroupWasMissing,
            RemoteGateway = request.Gateway,
        };
        InitReport settings;
        bool restart;
        try
        {
            _machine.Folder(ManagedLayout.Configuration, Root, group, ForGroup);
            restart = CopyPrograms(group);
            _machine.Folder(ManagedLayout.HookState, Root, group, SharedState);
            if (request.Gateway is null) restart |= PrepareGateway(user, group);
            await WriteHookSettingsAsync(user, group, cancel);
            _machine.Folder(context.ManagedSettingsFolder, Root, Root, ForAll);
            settings = await RegisterAsync(cancel);
        }
        finally
        {
            var made = (earlier?.Made ?? []).Union(_machine.Made, StringComparer.Ordinal).ToList();
            if (!request.DryRun && Directory.Exists(ManagedLayout.Configuration))
                _machine.Write(ManagedLayout.Record, (record with { Made = made }).Serialize(), Root, Root, PrivateFile.Mode, note: false);
        }

        var canary = await StartAsync(restart, cancel);
        return new ManagedReport
        {
            Operation = "install",
            DryRun = request.DryRun,
            Steps = _machine.Steps,
            Settings = settings,
            Warnings = [.. _warnings, .. settings.Warnings],
            Next = _next,
            Canary = canary,
        };
    }

    public async Task<ManagedReport> UninstallAsync(CancellationToken cancel)
    {
        RequireRoot();
        var report = new ManagedReport { Operation = "uninstall", DryRun = request.DryRun, Steps = [] };
        if (ManagedRecord.Find() is not { } record) return report;

        var installer = new Installer(context, new GuardFolder(ManagedLayout.Configuration));
        var settings = await installer.UninstallAsync(SettingsRequest(), cancel);
        _machine.Note($"Guard's part of {SettingsPath}", settings.Changed ? "removed" : "unchanged");

        if (SystemdRuns && File.Exists(ManagedLayout.Unit))
            await _machine.RunAsync($"service {ManagedLayout.UnitName}: stop and disable", "systemctl", ["disable", "--now", ManagedLayout.UnitName], cancel);
        else if (record.RemoteGateway is null && GatewayAnswers())
            _warnings.Add("a gateway that was started by hand still runs; stop it");

        if (Made(ManagedLayout.Unit)) _machine.Remove(ManagedLayout.Unit);
        if (SystemdRuns) await _machine.RunAsync("systemd: read the units again", "systemctl", ["daemon-reload"], cancel);
        if (Made(ManagedLayout.Link)) _machine.Remove(ManagedLayout.Link);
        foreach (var file in (string[])[ManagedLayout.HookSettings, ManagedLayout.Authorities, Path.Combine(ManagedLayout.Configuration, "init.lock")]) _machine.Remove(file);
        _machine.RemoveAll(Path.Combine(ManagedLayout.Configuration, "installations"));
        _machine.RemoveAll(ManagedLayout.RunFolder);

        if (request.Purge) await PurgeAsync(record, cancel);
        var left = record.Made.Where(path => request.DryRun || Path.Exists(path)).Where(path => path is not (ManagedLayout.Configuration or ManagedLayout.Programs) && path != context.ManagedSettingsFolder).ToList();
        if (left.Count > 0 && !request.Purge)
        {
            foreach (var path in left.Where(Directory.Exists)) _machine.Note($"folder {path}", "kept: remove it with --uninstall --purge");
            if (record.MadeAccount) _machine.Note($"account {ManagedLayout.Account}", "kept: its files are kept");
            if (!request.DryRun) _machine.Write(ManagedLayout.Record, (record with { Made = [.. left, ManagedLayout.Configuration] }).Serialize(), Root, Root, PrivateFile.Mode, note: false);
        }
        else
        {
            _machine.Remove(ManagedLayout.Record);
            if (Made(ManagedLayout.Configuration)) _machine.Remove(ManagedLayout.Configuration);
        }

        if (Made(context.ManagedSettingsFolder)) _machine.Remove(context.ManagedSettingsFolder);
        // Last: this program may be one of them.
        if (Made(ManagedLayout.Programs)) _machine.RemoveAll(ManagedLayout.Programs);
        return report with { Steps = _machine.Steps, Settings = settings, Warnings = [.. _warnings, .. settings.Warnings] };

        bool Made(string path) => record.Made.Contains(path, StringComparer.Ordinal);
    }

    private bool SystemAccountWasMissing { get; set; }

    private bool SystemGroupWasMissing { get; set; }

    private static bool SystemdRuns => Directory.Exists(ManagedLayout.SystemdRuns);

    private static void RequireRoot()
    {
        if (!OperatingSystem.IsLinux()) throw CliException.Refused("a managed installation needs Linux: setgid programs and the credentials of Unix sockets");
        if (!Environment.IsPrivilegedProcess) throw CliException.Refused("a managed installation belongs to root; run the command as root, e.g. with sudo");
    }

    private async Task CheckAsync(ManagedRecord? earlier, CancellationToken cancel)
    {
        RequireRoot();
        foreach (var name in (string[])["guard", HookRegistrations.ProgramName])
        {
            if (!AgentClient.IsExecutable(Path.Combine(request.Source, name)))
                throw CliException.Refused($"{name} is not in {request.Source}: a managed installation is made from a built distribution (eng/build.sh); nothing was changed");
        }

        for (var folder = Path.GetDirectoryName(ManagedLayout.Programs); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(folder) && (File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
                throw CliException.Refused($"{folder} can be written by others than root, who could then replace the hook; run `chmod go-w {folder}`. Nothing was changed");
        }

        if (earlier is null && File.Exists(ManagedLayout.HookSettings))
            throw CliException.Refused($"{ManagedLayout.HookSettings} exists and was not made by `guard init --managed`; move it away. Nothing was changed");
        if (earlier is not null && earlier.RemoteGateway is null != (request.Gateway is null))
            throw CliException.Refused("this machine is installed for another kind of gateway; take that out first with `guard init --managed --uninstall`. Nothing was changed");
        if (request.Policies is { } policies && !Directory.Exists(policies)) throw CliException.Refused($"the policy folder {policies} does not exist; nothing was changed");
        if (request.AdminKeyFile is { } keyFile && Path.Exists(keyFile) && !HasStore) throw CliException.Refused($"{keyFile} exists already; a new admin key is not written over it. Nothing was changed");
        if (request.Gateway is null && !HasStore && request.AdminKeyFile is null && !request.MayShowKey && !request.DryRun)
            throw CliException.Usage("the gateway's first admin key is shown on a terminal alone: name a file with --admin-key-file");
        OffSwitches.RefuseManaged(context);
        var (_, warning) = await AgentClient.FindAsync(context, cancel);
        if (warning is not null) _warnings.Add(warning);
    }

    private static bool HasStore => File.Exists(Path.Combine(ManagedLayout.Data, "guard.db"));

    private async Task<SystemAccount> MakeAccountAsync(CancellationToken cancel)
    {
        var account = SystemAccount.Find();
        SystemGroupWasMissing = account.Group is null;
        SystemAccountWasMissing = account.User is null;
        if (account.Group is null)
            await _machine.RunAsync($"group {ManagedLayout.Account}: make", "groupadd", ["--system", ManagedLayout.Account], cancel);
        if (account.User is null)
        {
            string[] arguments =
            [
                "--system", "--gid", ManagedLayout.Account, "--home-dir", ManagedLayout.Data, "--no-create-home",
                "--shell", "/usr/sbin/nologin", "--comment", "Guard gateway", ManagedLayout.Account,
            ];
            await _machine.RunAsync($"account {ManagedLayout.Account}: make", "useradd", arguments, cancel);
        }

        return request.DryRun ? account : SystemAccount.Find();
    }

    // Whether a program was changed.
    private bool CopyPrograms(uint group)
    {
        var changed = 0;
        var files = 0;
        var existed = Directory.Exists(ManagedLayout.Programs);
        _machine.Folder(ManagedLayout.Programs, Root, Root, ForAll);
        var fromItself = Path.TrimEndingDirectorySeparator(request.Source) == ManagedLayout.Programs;
        var wanted = new HashSet<string>(StringComparer.Ordinal) { ManagedLayout.StartScript };
        foreach (var source in fromItself ? [] : Directory.EnumerateFiles(request.Source, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(request.Source, source);
            // The stamps of the build.
            if (relative.Split('/').Any(part => part.StartsWith('.'))) continue;
            var target = Path.Combine(ManagedLayout.Programs, relative);
            wanted.Add(target);
            files++;
            if (!request.DryRun && Path.GetDirectoryName(target) is { } folder && !Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                File.SetUnixFileMode(folder, ForAll);
            }

            var isHook = target == ManagedLayout.Hook;
            var mode = isHook ? HookProgram : AgentClient.IsExecutable(source) ? ForAll : ReadableByAll;
            if (_machine.Write(target, File.ReadAllBytes(source), Root, isHook ? group : Root, mode, note: false)) changed++;
        }

        if (!fromItself && existed)
        {
            // What an older version brought and this one does not.
            foreach (var stale in Directory.EnumerateFiles(ManagedLayout.Programs, "*", SearchOption.AllDirectories).Where(path => !wanted.Contains(path)).ToList()) _machine.Remove(stale);
        }

        _machine.Note($"programs in {ManagedLayout.Programs}, {files} files, guard-hook root:{ManagedLayout.Account} 2755", !existed ? "made" : changed > 0 ? "changed" : "unchanged");
        _machine.Write(ManagedLayout.StartScript, Resource("start-gateway"), Root, Root, ForAll, note: false);
        _machine.Link(ManagedLayout.Link, ManagedLayout.Command);
        return changed > 0;
    }

    // Whether the unit or a policy was changed.
    private bool PrepareGateway(uint user, uint group)
    {
        _machine.Folder(ManagedLayout.Data, user, group, ForOwner);
        _machine.Folder(ManagedLayout.RunFolder, user, group, ForAll);
        _machine.Folder(ManagedLayout.Policies, Root, group, ForGroup);
        var changed = false;
        if (request.Policies is { } policies)
        {
            foreach (var file in Directory.EnumerateFiles(policies).Where(path => Path.GetExtension(path) is ".yaml" or ".yml").Order(StringComparer.Ordinal))
                changed |= _machine.Write(Path.Combine(ManagedLayout.Policies, Path.GetFileName(file)), File.ReadAllBytes(file), Root, group, ReadableByGroup);
        }

        if (Directory.Exists(Path.GetDirectoryName(ManagedLayout.Unit)))
            changed |= _machine.Write(ManagedLayout.Unit, Resource("guard-gateway.service"), Root, Root, ReadableByAll);
        return changed;
    }

    private async Task WriteHookSettingsAsync(uint user, uint group, CancellationToken cancel)
    {
        string? caFile = null;
        if (request.CaFile is { } authorities)
        {
            caFile = ManagedLayout.Authorities;
            _machine.Write(caFile, await File.ReadAllBytesAsync(authorities, cancel), Root, group, ReadableByGroup);
        }

        var address = request.Gateway ?? ManagedLayout.LocalGateway;
        var key = request.AgentKeyFile is { } file ? (await File.ReadAllTextAsync(file, cancel)).Trim() : KeptKey(address);
        if (key is null && !request.DryRun) key = await MakeKeysAsync(user, cancel);
        if (request.AgentKeyFile is not null && key?.StartsWith("guard_agent_", StringComparison.Ordinal) != true)
            throw CliException.Refused($"{request.AgentKeyFile} does not hold the key of an agent (guard_agent_...); make one with `guard agent create` where the gateway is administered");
        var settings = new HookConfigFile { GatewayUrl = address, ApiKey = key ?? "", CaFile = caFile, StateDirectory = ManagedLayout.HookState };
        if (request.DryRun && key is null)
        {
            _machine.Note($"file {ManagedLayout.HookSettings}", "made");
            return;
        }

        _machine.Write(ManagedLayout.HookSettings, settings.Serialize(), Root, group, ReadableByGroup);
    }

    private static string? KeptKey(string address)
    {
        if (!File.Exists(ManagedLayout.HookSettings)) return null;
        try
        {
            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(ManagedLayout.HookSettings), CliJson.Default.HookConfigFile);
            return kept?.GatewayUrl == address ? kept.ApiKey : null;
        }
        catch (JsonException)
        {
            // Not what a hook could read either; it is written anew, with a new key.
            return null;
        }
    }

    // The store is the gateway account's, and its files are opened by that account alone.
    private async Task<string> MakeKeysAsync(uint user, CancellationToken cancel)
    {
        string[] arguments =
        [
            "--reuid", ManagedLayout.Account, "--regid", ManagedLayout.Account, "--clear-groups",
            ManagedLayout.Command, ManagedStoreCommand.Name, "--data", ManagedLayout.Data, "--agent", AgentName,
        ];
        var output = await _machine.AskAsync("setpriv", arguments, "", cancel);
        var keys = JsonSerializer.Deserialize(output, CliJson.Default.ManagedKeys) ?? throw CliException.Refused("the store did not give its keys");
        _machine.Note(keys.AdminKey is null ? $"key of the agent {AgentName}" : $"store in {ManagedLayout.Data}, agent {AgentName}", "made");
        if (keys.AdminKey is null) return keys.AgentKey;
        if (request.AdminKeyFile is { } file)
        {
            _machine.Write(file, Encoding.ASCII.GetBytes(keys.AdminKey + "\n"), Root, Root, PrivateFile.Mode);
            _next.Add($"the admin key is in {file}; keep it where no agent runs");
        }
        else
        {
            _next.Add($"the admin key, shown this once: {keys.AdminKey}");
        }

        return keys.AgentKey;
    }

    private async Task<InitReport> RegisterAsync(CancellationToken cancel)
    {
        var installer = new Installer(context, new GuardFolder(ManagedLayout.Configuration));
        var existed = File.Exists(SettingsPath);
        var report = await installer.InstallAsync(SettingsRequest(), cancel);
        _machine.Note($"file {SettingsPath}", !existed ? "made" : report.Changed ? "changed" : "unchanged");
        if (request.DryRun) return report;
        if ((File.GetUnixFileMode(SettingsPath) & ReadableByAll) != ReadableByAll)
        {
            // A client that cannot read its managed settings runs without them.
            File.SetUnixFileMode(SettingsPath, ReadableByAll);
        }

        return report;
    }

    private InitRequest SettingsRequest() => new()
    {
        SettingsPath = SettingsPath,
        ProjectFolder = "/",
        HookPath = ManagedLayout.Hook,
        ConfigPath = ManagedLayout.HookSettings,
        Managed = true,
        GatewayHost = request.Gateway is { } gateway && Uri.TryCreate(gateway, UriKind.Absolute, out var uri) ? uri.Host : null,
        Repair = request.Repair,
        DryRun = request.DryRun,
    };

    private async Task<CanaryReport?> StartAsync(bool restart, CancellationToken cancel)
    {
        if (request.Gateway is null)
        {
            if (SystemdRuns)
            {
                await _machine.RunAsync("systemd: read the units again", "systemctl", ["daemon-reload"], cancel);
                await _machine.RunAsync($"service {ManagedLayout.UnitName}: enable and start", "systemctl", ["enable", "--now", ManagedLayout.UnitName], cancel);
                if (restart) await _machine.RunAsync($"service {ManagedLayout.UnitName}: restart with what was changed", "systemctl", ["restart", ManagedLayout.UnitName], cancel);
            }
            else if (!GatewayAnswers())
            {
                _next.Add($"systemd does not run here: start the gateway with `{ManagedLayout.StartScript}` as root (in the foreground, so under whatever supervises this machine)");
                _next.Add("then run `guard doctor` as an ordinary account");
                return null;
            }
            else if (restart)
            {
                _next.Add("restart the gateway that runs, so that it is of the new version");
            }
        }

        if (request.DryRun) return null;
        if (request.Gateway is null) await WaitForGatewayAsync(cancel);
        _next.Add("run `guard doctor` as an ordinary account");
        return await Canary.FlyAsync(ManagedLayout.Hook, ManagedLayout.HookSettings, SettingsPath, "/tmp", cancel, asNobody: true);
    }

    private async Task PurgeAsync(ManagedRecord record, CancellationToken cancel)
    {
        foreach (var folder in (string[])[ManagedLayout.Data, ManagedLayout.HookState, ManagedLayout.Policies])
        {
            if (record.Made.Contains(folder, StringComparer.Ordinal)) _machine.RemoveAll(folder);
        }

        if (record.MadeAccount && SystemAccount.Find().User is not null)
            await _machine.RunAsync($"account {ManagedLayout.Account}: remove", "userdel", [ManagedLayout.Account], cancel);
        // userdel takes the group along where it is the account's own.
        if (record.MadeGroup && SystemAccount.Find().Group is not null)
            await _machine.RunAsync($"group {ManagedLayout.Account}: remove", "groupdel", [ManagedLayout.Account], cancel);
    }

    private async Task WaitForGatewayAsync(CancellationToken cancel)
    {
        const int tries = 200;
        for (var i = 0; i < tries && !GatewayAnswers(); i++) await Task.Delay(TimeSpan.FromMilliseconds(100), context.Time, cancel);
    }

    private static bool GatewayAnswers()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(ManagedLayout.Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static byte[] Resource(string name)
    {
        using var stream = typeof(ManagedInstaller).Assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
