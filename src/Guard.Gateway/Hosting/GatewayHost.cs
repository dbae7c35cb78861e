using System.Data.Common;
using System.Reflection;
using Guard.Gateway.Agents;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.Redaction;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Audit.Spool;
using Guard.Gateway.Decisions;
using Guard.Gateway.Health;
using Guard.Gateway.Identity;
using Guard.Gateway.Metrics;
using Guard.Gateway.OpenApi;
using Guard.Gateway.Policies;
using Guard.Gateway.Proof;
using Guard.Gateway.Sequences;
using Guard.Gateway.Spooled;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Storage.Sqlite;
using Guard.Policy;
using Guard.Protocol;
using Guard.Redaction;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Hosting;

/// <summary>A running gateway.</summary>
/// <remarks>
/// It owns no signal handlers: whoever hosts it decides when to stop. A process that is killed loses nothing that was
/// answered, because every answer waited for its commit.
/// </remarks>
public sealed partial class GatewayHost : IAsyncDisposable
{
    private readonly Disposables _parts;
    private readonly ActiveBundle _active;
    private readonly RecordSequencer _sequencer;
    private readonly RetentionKeeper _retention;
    private readonly ILogger<GatewayHost> _logger;
    private readonly WebApplication _web;
    private int _stopped;

    private GatewayHost(Disposables parts, WebApplication web, ActiveBundle active, RecordSequencer sequencer, RetentionKeeper retention, string store, FirstStart? firstStart, IReadOnlyList<string> addresses, ILogger<GatewayHost> logger)
    {
        _parts = parts;
        _web = web;
        _active = active;
        _sequencer = sequencer;
        _retention = retention;
        _logger = logger;
        Store = store;
        FirstStart = firstStart;
        Addresses = addresses;
    }

    /// <summary>Where it listens, as a hook's <c>gatewayUrl</c>: first the Unix socket, then http, then https.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>What the first start created, with its keys; null on every later start.</summary>
    public FirstStart? FirstStart { get; }

    /// <summary>The policies in force and their bundle.</summary>
    public PolicyList Policies
    {
        get
        {
            var current = _active.Current;
            return new PolicyList { Bundle = current.Bundle.Hash, Policies = [.. current.Policies.Select(static policy => policy.Summary)] };
        }
    }

    /// <summary>The store in use, e.g. <c>PostgreSQL 15.4 db.example/guard</c>; never a credential.</summary>
    public string Store { get; }

    /// <summary>Why the policy folder is not in force; null: it is, or there is none.</summary>
    public string? PolicyProblem => _active.Current.Stale;

    /// <summary>How the log of the record stands.</summary>
    internal LogState Log => _sequencer.State;

    /// <summary>How often months whose retention has ended were looked for.</summary>
    internal long RetentionRounds => _retention.Rounds;

    /// <summary>For the tests that hold the documentation to it.</summary>
    internal IReadOnlyList<MappedEndpoint> Endpoints => RequestPipeline.Describe(((IEndpointRouteBuilder)_web).DataSources);

    /// <summary>Opens the store, puts the policies in force and listens. Ready when this returns.</summary>
    /// <exception cref="GatewayStartException">Something is in the way; the message says what to do.</exception>
    public static Task<GatewayHost> StartAsync(GatewayOptions options, CancellationToken cancellationToken) =>
        StartAsync(options, static store => store, cancellationToken);

    /// <summary>As the public one, with another audit store: tests put one there that fails, hangs or lies.</summary>
    internal static async Task<GatewayHost> StartAsync(GatewayOptions options, Func<IAuditStore, IAuditStore> auditStore, CancellationToken cancellationToken)
    {
        var parts = new Disposables();
        try
        {
            return await StartAsync(parts, options, auditStore, cancellationToken);
        }
        catch (DbException exception)
        {
            // Where and why; what to do is the same whatever it is: nothing that a start does is lost, and each step of it can be done again.
            await parts.DisposeAsync();
            throw new GatewayStartException($"The store failed while the gateway started: {PostgresConnections.Reason(exception)}. Nothing that was recorded is lost. See that the store answers, then start the gateway again.", exception);
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    /// <summary>Answers what is under way, takes nothing new, commits what waits, closes the store.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 1)
        {
            return;
        }

        LogStopping();
        await _web.StopAsync(cancellationToken);
        await _parts.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task<GatewayHost> StartAsync(Disposables parts, GatewayOptions options, Func<IAuditStore, IAuditStore> auditStore, CancellationToken cancellationToken)
    {
        var clock = options.Clock;
        var loggers = parts.Add(OperationalLog.Create(options.Log));
        var directory = parts.Add(DataDirectory.Take(options.DataDirectory));
        var redactor = new Redactor(RedactionKey.Read(directory.Path));
        var access = SocketAccess.Of(options);
        var sockets = parts.Add(ListenSockets.Bind(options, access.Group));
        var unfinished = parts.Add(new UnfinishedFirstStart(directory.Path));
        var active = new ActiveBundle();
        var database = parts.Add(Open(options, directory, active, loggers));
        var upkeep = parts.Add(database.Upkeep(clock, loggers));

        var identities = new IdentityStore(database);
        var firstStart = Bootstrap.Run(identities, options);
        if (firstStart is not null && options.Postgres is null)
        {
            unfinished.Begin();
        }

        var organisation = identities.FindOrganisation() ?? throw new InvalidOperationException("The store has no organisation after its first start.");

        var policies = new PolicyService(new PolicyStore(database, organisation), active, organisation, Floor(options, sockets), clock, loggers.CreateLogger<PolicyService>());
        policies.Start(options.PolicyFolders);
        database.PrepareRetentions();

        var metrics = parts.Add(new GatewayMetrics(Version));
        var scraped = parts.Add(new MetricsReader(metrics.Meter));
        if (options.Otlp is { } collector)
        {
            parts.Add(OtlpExport.Start(collector, Version));
        }

        metrics.ObserveStore(() => database.Outage is null);
        // Before the writer, so that it ends after it and what was recorded last is signed.
        var sequencer = parts.Add(Sequencer(options, directory, database, organisation, metrics, loggers));
        var degradation = new AuditDegradation(options.Spool?.Limit ?? TimeSpan.Zero, clock);
        var store = WithSpool(auditStore(database.OpenAuditStore()), options.Spool, degradation, metrics, database, loggers);
        var sequences = new SequenceWatch(database, metrics, organisation.Name, options.Limits.SequencePatience, clock, loggers.CreateLogger<SequenceWatch>());
        var writer = parts.Add(new AuditWriter(new WatchedStore(store, sequences), new AuditWriterOptions(options.Limits.AuditQueueLength, options.Limits.CommitDeadline), metrics, clock, loggers.CreateLogger<AuditWriter>()));
        var reader = new AuditReader(database);
        var refusals = parts.Add(new RefusalRecorder(writer, organisation.Name, () => active.Retentions, clock, loggers.CreateLogger<RefusalRecorder>()));
        parts.Add(sequences).Start(writer);
        var keys = new KeyIndex(identities);
        keys.Refresh();
        var follower = parts.Add(new ChangeFollower(database.Changes, [policies.Refresh, keys.Refresh, database.PrepareRetentions], clock, loggers.CreateLogger<ChangeFollower>()));
        var limiter = new RateLimiter(options.Limits.PerKey, options.Limits.FailedAuthentications, clock);
        var authenticator = new Authenticator(keys, database, degradation, limiter, refusals, clock);
        var pipeline = new RequestPipeline(access, authenticator, refusals, metrics, loggers.CreateLogger<RequestPipeline>());

        var decisions = new DecisionService(active, keys, follower, new SessionPins(database, () => degradation.Reason), new SessionFactPins(database), new WorkspacePolicies(), writer, redactor, options.MinimumAnalyser, clock, loggers.CreateLogger<DecisionService>());
        var agents = new AgentService(identities, new AgentKeyStore(database), reader, keys, organisation, clock);
        var health = new HealthService(database, writer, degradation, active, sequencer, Version, clock);

        var web = parts.Add(WebServer.Build(options, sockets, loggers, pipeline));
        var outcomes = new OutcomeService(reader, writer, redactor, active, keys, follower, clock);
        web.MapDecisions(decisions, outcomes, metrics, clock);
        web.MapSpool(new SpoolService(outcomes, writer, redactor, active, keys, follower, refusals, metrics, clock));
        web.MapMetrics(scraped);
        var streams = new AuditStreams(reader, keys, database.Changes, options.Limits, clock, web.Lifetime.ApplicationStopping);
        var rollUps = new RollUpStore(database);
        var keeper = parts.Add(new RollUpKeeper(rollUps, database.Changes, options.RollUpInterval, clock, loggers.CreateLogger<RollUpKeeper>()));
        web.MapAudit(reader, new AuditStatistics(database, rollUps), streams, clock);
        var retention = new RecordRetention(database, organisation.Name, clock);
        var retentionKeeper = parts.Add(new RetentionKeeper(retention, options.Retention, clock, loggers.CreateLogger<RetentionKeeper>()));
        web.MapLog(new LogService(database, sequencer, retention, organisation, clock));
        web.MapPolicies(policies, new PolicyTrial(agents, decisions, clock));
        web.MapAgents(agents);
        web.MapAdminKeys(new AdminKeyService(new AdminKeyStore(database), keys, organisation, clock));
        web.MapHealth(health);
        web.MapOpenApi();
        RequestPipeline.CheckEndpoints(((IEndpointRouteBuilder)web).DataSources);
        await web.StartAsync(cancellationToken);

        unfinished.Complete();
        sequencer.Start();
        keeper.Start();
        retentionKeeper.Start();
        upkeep.Start();
        var host = new GatewayHost(parts, web, active, sequencer, retentionKeeper, database.Description, firstStart, sockets.Addresses(), loggers.CreateLogger<GatewayHost>());
        host.LogStarted(Version, database.Description, string.Join(", ", host.Addresses));
        return host;
    }

    private static IDatabase Open(GatewayOptions options, DataDirectory directory, ActiveBundle active, ILoggerFactory loggers) => options.Postgres is { } postgres
        ? PostgresDatabase.Open(postgres, options.Clock, loggers.CreateLogger<PostgresDatabase>(), () => active.Retentions)
        : SqliteDatabase.Open(directory.Path, () => active.Retentions);

    private static RecordSequencer Sequencer(GatewayOptions options, DataDirectory directory, IDatabase database, OrganisationRow organisation, GatewayMetrics metrics, ILoggerFactory loggers)
    {
        var proof = options.Proof;
        IEnumerable<ICheckpointPlace> places = [.. proof.CheckpointFiles.Select(static path => new CheckpointFile(path)), .. proof.CheckpointUrls.Select(url => CheckpointAddress.To(url, proof.CheckpointToken))];
        return new RecordSequencer(
            database,
            directory.Path,
            organisation.Name,
            [.. places.Select(place => new CheckpointPublisher(place, proof.PublishInterval, options.Clock, loggers.CreateLogger<CheckpointPublisher>()))],
            proof,
            metrics.Meter,
            options.Clock,
            loggers.CreateLogger<RecordSequencer>());
    }

    // What an earlier run left in the spool is in the store when this returns.
    private static IAuditStore WithSpool(IAuditStore store, SpoolOptions? options, AuditDegradation degradation, GatewayMetrics metrics, IDatabase database, ILoggerFactory loggers)
    {
        if (options is null)
        {
            return store;
        }

        var spool = GatewaySpool.Open(options.Folder, options.MaxBytes);
        metrics.ObserveSpool(degradation, () => spool.Bytes);
        try
        {
            return new SpoolingAuditStore(store, spool, degradation, database.ProbeWrite, new SpoolLimits(options.StoreDeadline), loggers.CreateLogger<SpoolingAuditStore>());
        }
        catch (Exception exception)
        {
            spool.Dispose();
            throw new GatewayStartException($"What is in the spool {options.Folder} could not be handed over to the store: {exception.Message}", exception);
        }
    }

    private static FloorSettings Floor(GatewayOptions options, ListenSockets sockets) => new()
    {
        ProtectedPaths =
        [
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.DataDirectory)),
            Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory),
            .. new[] { options.UnixSocketPath, options.Https?.KeyPath, options.Spool?.Folder }.OfType<string>().Concat(options.Proof.CheckpointFiles).Select(Path.GetFullPath),
        ],
        LiftedPaths = MachineSettings.Read(options.MachineSettingsPath).LiftedPaths,
        GatewayAuthorities = sockets.Authorities(),
    };

    private static string Version { get; } =
        typeof(GatewayHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Guard gateway {Version} with {Store} listens on {Addresses}")]
    private partial void LogStarted(string version, string store, string addresses);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "Guard gateway stops")]
    private partial void LogStopping();
}
