using Guard.Cli.Connection;
using Guard.Cli.Policies;
using Guard.Cli.Terminal;
using Guard.Gateway.Hosting;
using Guard.Policy;

namespace Guard.Cli.Up;

/// <summary>One run of the embedded gateway, from the checks before it to its end.</summary>
internal sealed class GatewayRun(CliContext context, UpRequest request)
{
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        await CheckBeforeAsync(cancel);
        request.Folder.Create();
        var resetKey = await ResetAdminKeyAsync(cancel);
        GatewayHost host;
        try
        {
            host = await GatewayHost.StartAsync(Options(), cancel);
        }
        catch (GatewayStartException e)
        {
            throw CliException.Refused(e.Message, e);
        }

        await using (host)
        {
            var report = Describe(host, resetKey);
            if (request.Json)
                context.WriteJson(report.State, CliJson.Default.UpState);
            else
                UpText.Write(context, report);

            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancel);
            }
            catch (OperationCanceledException)
            {
                if (!request.Json) context.WriteLine("Guard is going down; tool calls are denied until it is up again.");
            }

            await host.StopAsync(CancellationToken.None);
        }

        return ExitCodes.Done;
    }

    // Everything that can be wrong is found before the store and its keys are made.
    private async Task CheckBeforeAsync(CancellationToken cancel)
    {
        if (request.AdminKeyFile is { } keyFile)
        {
            // A later start makes no key, so the file that holds the first one is no obstacle.
            var makesKey = request.ResetAdminKey || (request.Postgres is { } postgres ? await IsEmptyAsync(postgres, cancel) : !File.Exists(request.Folder.Store));
            if (makesKey && Path.Exists(keyFile)) throw CliException.Refused($"{keyFile} exists already; a new admin key is not written over it");
            var keyFolder = Path.GetDirectoryName(keyFile);
            if (keyFolder != request.Folder.Path && !Directory.Exists(keyFolder)) throw CliException.Refused($"the folder of {keyFile} does not exist");
        }

        if (request.Policies is not { } folder) return;
        if (!Directory.Exists(folder)) throw CliException.Refused($"the policy folder {folder} does not exist");
        var compiled = PolicyCompiler.Compile(PolicyFiles.ReadFolder(context, folder), FloorSettings.Default);
        DiagnosticOutput.Write(context, compiled.Diagnostics.Select(DiagnosticOutput.ToWire));
        if (compiled.Succeeded) return;
        var errors = compiled.Diagnostics.Count(d => d.Severity == Policy.Diagnostics.Severity.Error);
        throw new CliException(ExitCodes.BadDocument, $"{DiagnosticOutput.Count(errors)} in the policies of {folder}: the gateway was not started");
    }

    private async Task<string?> ResetAdminKeyAsync(CancellationToken cancel)
    {
        if (!request.ResetAdminKey) return null;
        if (request.AdminKeyFile is null && !CanShowKey) throw CliException.Usage("a new admin key is shown on a terminal alone: name a file with --admin-key-file");
        try
        {
            return await Credentials.IssueAdminKeyAsync(request.Folder.Path, revokeOthers: true, request.Postgres, context.Time, cancel);
        }
        catch (GatewayStartException e)
        {
            throw CliException.Refused(e.Message, e);
        }
    }

    private async Task<bool> IsEmptyAsync(PostgresOptions postgres, CancellationToken cancel)
    {
        try
        {
            return await Credentials.IsEmptyAsync(postgres, context.Time, cancel);
        }
        catch (GatewayStartException e)
        {
            throw CliException.Refused(e.Message, e);
        }
    }

    private GatewayOptions Options() => new()
    {
        DataDirectory = request.Folder.Path,
        Postgres = request.Postgres,
        Otlp = request.Otlp,
        Spool = request.Spool is { } spool ? new SpoolOptions(spool) : null,
        Http = request.Http,
        UnixSocketPath = request.Socket,
        UnixSocketGroup = request.SocketGroup,
        Https = request.Https is { } endpoint ? new HttpsOptions(endpoint, request.Certificate!, request.Key!) : null,
        PolicyFolders = request.Policies is { } folder ? [folder] : [],
        OrganisationName = request.Organisation ?? "default",
        FirstAgent = new FirstAgentOptions { Name = request.Agent },
        Log = new LogOptions { File = Path.Combine(request.Folder.Path, "logs", "gateway.log") },
        Proof = request.Proof,
        Clock = context.Time,
    };

    private UpReport Describe(GatewayHost host, string? resetKey)
    {
        var first = host.FirstStart;
        if (first is not null) WriteHookConfig(host, first);
        var adminKey = first?.AdminKey ?? resetKey;
        if (adminKey is not null && request.AdminKeyFile is { } keyFile)
            PrivateFile.Write(keyFile, System.Text.Encoding.ASCII.GetBytes(adminKey + "\n"));

        var policies = host.Policies;
        return new UpReport
        {
            State = new UpState
            {
                FirstStart = first is not null,
                DataFolder = request.Folder.Path,
                Store = host.Store,
                Addresses = host.Addresses,
                Organisation = first?.Organisation,
                Owner = first?.Owner,
                Agent = first?.AgentName,
                HookConfig = File.Exists(request.Folder.HookConfig) ? request.Folder.HookConfig : null,
                AdminKeyFile = adminKey is null ? null : request.AdminKeyFile,
                Bundle = policies.Bundle,
                Policies = [.. policies.Policies.Select(p => p.Name)],
                PolicyProblem = host.PolicyProblem,
            },
            HasNewAdminKey = adminKey is not null,
            AdminKeyToShow = request.AdminKeyFile is null && CanShowKey ? adminKey : null,
            KeyWasReset = resetKey is not null,
        };
    }

    // Redirected output is kept somewhere; a key does not belong there.
    private bool CanShowKey => context.IsTerminal && !request.Json;

    private void WriteHookConfig(GatewayHost host, FirstStart first) => new HookConfigFile
    {
        GatewayUrl = host.Addresses[0],
        ApiKey = first.AgentKey,
        StateDirectory = request.Folder.State,
    }.Write(request.Folder.HookConfig);
}
