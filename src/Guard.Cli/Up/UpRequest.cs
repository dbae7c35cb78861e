using System.Net;
using Guard.Cli.Connection;
using Guard.Gateway.Hosting;

namespace Guard.Cli.Up;

/// <summary>What the person asked of <c>guard up</c>; all paths absolute.</summary>
internal sealed record UpRequest
{
    public required GuardFolder Folder { get; init; }

    /// <summary>Null: the SQLite file in the data folder.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>Folder of the gateway's spool; null: none.</summary>
    public string? Spool { get; init; }

    /// <summary>Base address of a collector; null: none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Null: none given.</summary>
    public string? Policies { get; init; }

    /// <summary>Null: no plain http.</summary>
    public IPEndPoint? Http { get; init; }
    public required string Socket { get; init; }

    /// <summary>Null: the socket is its owner's alone.</summary>
    public string? SocketGroup { get; init; }
    public IPEndPoint? Https { get; init; }
    public string? Certificate { get; init; }
    public string? Key { get; init; }
    public string? Agent { get; init; }
    public string? Organisation { get; init; }
    public string? AdminKeyFile { get; init; }
    public required ProofOptions Proof { get; init; }
    public bool ResetAdminKey { get; init; }
    public bool Json { get; init; }
}
