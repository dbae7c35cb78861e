namespace Guard.Gateway.Hosting;

/// <summary>The PostgreSQL database that the gateway uses instead of a SQLite file; any number of gateways can share it.</summary>
public sealed record PostgresOptions
{
    /// <summary>A connection string of Npgsql: <c>Host=db.example;Database=guard;Username=guard;SSL Mode=VerifyFull</c>.</summary>
    public required string Connection { get; init; }

    /// <summary>Of the role that owns the schema and brings it up to date. Null: <see cref="Connection"/> does.</summary>
    public string? MigrationConnection { get; init; }

    /// <summary>Whether the server may lose commits in a power cut (<c>fsync=off</c>, <c>full_page_writes=off</c>). For trials and tests.</summary>
    public bool AllowVolatile { get; init; }

    /// <summary>Never the connection strings: records print themselves into logs and messages.</summary>
    public override string ToString() => nameof(PostgresOptions);
}
