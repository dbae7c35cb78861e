using System.Net;
using Guard.Gateway.Identity;
using Guard.Policy;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Hosting;

/// <summary>Everything a gateway must be told. It reads no environment variable and no file in the current folder.</summary>
public sealed record GatewayOptions
{
    /// <summary>Absolute. Holds the store; created with mode 0700. Must not be writable by others.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Null: the store is a SQLite file in the data directory.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>Where events go while the store does not take them. Null: nowhere, and everything is denied meanwhile.</summary>
    public SpoolOptions? Spool { get; init; }

    /// <summary>Base address of an OpenTelemetry collector (OTLP over HTTP) for metrics and traces. Null: nothing is sent.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Plain http. Null: none. Keys travel in the clear there, so only a loopback address is accepted.</summary>
    public IPEndPoint? Http { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Absolute; at most 107 bytes. Null: no Unix socket. Made with mode 0600.</summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>
    /// Name or number of a group whose processes may call over the Unix socket, which then gets mode 0660. Null: only the
    /// gateway's own account and root.
    /// </summary>
    public string? UnixSocketGroup { get; init; }

    /// <summary>Null: no https.</summary>
    public HttpsOptions? Https { get; init; }

    /// <summary>Folders whose policies are put in force at start, beside those applied through the API.</summary>
    public IReadOnlyList<string> PolicyFolders { get; init; } = [];

    /// <summary>Name of the organisation that the first start creates.</summary>
    public string OrganisationName { get; init; } = "default";

    public FirstAgentOptions FirstAgent { get; init; } = new();

    public LogOptions Log { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public ProofOptions Proof { get; init; } = new();

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>How often recorded events are counted for statistics, which count later ones one by one.</summary>
    public TimeSpan RollUpInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls whose analyser is older are denied: it may have missed an access.</summary>
    public int MinimumAnalyser { get; init; } = Wire.AnalyserVersion;

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Root-owned settings of this machine, the only ones that can lift a part of the floor.</summary>
    internal string MachineSettingsPath { get; init; } = "/etc/guard/gateway.json";
}

/// <summary>The gateway's own spool.</summary>
/// <param name="Folder">Absolute; created with mode 0700. On a disk of this machine, and for this gateway alone.</param>
public sealed record SpoolOptions(string Folder)
{
    /// <summary>What it may hold; beyond it everything is denied.</summary>
    public long MaxBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>How long the store may take for a group of events before the spool takes it.</summary>
    public TimeSpan StoreDeadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long events may go there before everything is denied.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>An address with TLS.</summary>
/// <param name="Endpoint">Any address of this machine; port 0: a free one.</param>
/// <param name="CertificatePath">PEM: the certificate, then its intermediates.</param>
/// <param name="KeyPath">PEM, not encrypted.</param>
public sealed record HttpsOptions(IPEndPoint Endpoint, string CertificatePath, string KeyPath);

/// <summary>The agent that the first start creates.</summary>
public sealed record FirstAgentOptions
{
    /// <summary>Null: <c>claude-code-</c> and the host's name.</summary>
    public string? Name { get; init; }

    /// <summary>Null: the account that runs the gateway.</summary>
    public string? Owner { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = ["claude-code", "dev-assistant"];
    public TrustTier TrustTier { get; init; } = TrustTier.Verified;

    /// <summary>Whether its hook may ask to be recorded only.</summary>
    public bool AuditModeAllowed { get; init; }
}

/// <summary>The operational log. It never holds keys, and never stops a decision.</summary>
public sealed record LogOptions
{
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>To standard error.</summary>
    public bool Console { get; init; }

    /// <summary>Null: none. Made with mode 0600; a new file is begun at 10 MiB, five are kept.</summary>
    public string? File { get; init; }
}

/// <summary>Limits; beyond each the answer is a refusal, which a hook turns into a denial.</summary>
public sealed record LimitOptions
{
    /// <summary>Of one API key.</summary>
    public RateLimit PerKey { get; init; } = new(2_000, 4_000);

    /// <summary>Of all requests together whose key does not hold.</summary>
    public RateLimit FailedAuthentications { get; init; } = new(20, 100);

    /// <summary>Events that may wait for their commit.</summary>
    public int AuditQueueLength { get; init; } = 4_096;

    /// <summary>How long a decision waits for its commit.</summary>
    public TimeSpan CommitDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a number of a hook's request may be missing before that is recorded: hooks run at once, and hand their spools over later.</summary>
    public TimeSpan SequencePatience { get; init; } = TimeSpan.FromMinutes(5);

    public int Connections { get; init; } = 4_096;

    /// <summary>Streams of events that one key may have open.</summary>
    public int StreamsPerKey { get; init; } = 8;

    /// <summary>Streams of events that all keys together may have open.</summary>
    public int Streams { get; init; } = 64;
}
