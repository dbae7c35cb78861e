using Guard.Gateway.Audit;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Storage.Sqlite;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Gateway.Hosting;

/// <summary>
/// Makes new keys on the machine that holds the data directory, for who has lost theirs. Whoever can do this can read and
/// write the store anyway.
/// </summary>
public static class Credentials
{
    /// <summary>A new admin key for the organisation's first principal. A running gateway accepts it at once.</summary>
    /// <param name="dataDirectory">Absolute; must hold a store.</param>
    /// <param name="revokeOthers">Revoke all other admin keys; only while no gateway runs, because it would go on accepting them.</param>
    /// <param name="postgres">Null: the store is the SQLite file in the data directory.</param>
    /// <param name="clock">Null: the system's.</param>
    /// <param name="cancellationToken">Ends the wait before the change, not after it.</param>
    /// <returns>The key. It is shown nowhere else.</returns>
    /// <exception cref="GatewayStartException">There is no store, or a gateway runs and <paramref name="revokeOthers"/> is set.</exception>
    public static Task<string> IssueAdminKeyAsync(string dataDirectory, bool revokeOthers = false, PostgresOptions? postgres = null, TimeProvider? clock = null, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            if (revokeOthers && postgres is null && DataDirectory.IsTaken(dataDirectory))
            {
                throw new GatewayStartException($"A gateway runs on {dataDirectory} and would go on accepting the old keys. Stop it, then try again.");
            }

            using var database = OpenExisting(dataDirectory, postgres, clock ?? TimeProvider.System);
            var store = new IdentityStore(database);
            var organisation = Organisation(store, dataDirectory);
            var key = ApiKey.Create(KeyKind.Admin);
            var detail = revokeOthers ? "all other admin keys revoked" : null;
            store.AddAdminKey(key, revokeOthers, AdministrationEvent.Of(organisation.Name, (clock ?? TimeProvider.System).GetUtcNow(), LocalActor, "key.issue", $"admin key {key.Prefix}", detail));
            return key.Text;
        },
        cancellationToken);

    /// <summary>A new key for an agent; its other keys stay in force. A running gateway accepts it at once.</summary>
    /// <param name="dataDirectory">Absolute; must hold a store.</param>
    /// <param name="agentNameOrId">An agent that is not revoked.</param>
    /// <param name="postgres">Null: the store is the SQLite file in the data directory.</param>
    /// <param name="clock">Null: the system's.</param>
    /// <param name="cancellationToken">Ends the wait before the change, not after it.</param>
    /// <returns>The key. It is shown nowhere else.</returns>
    /// <exception cref="GatewayStartException">There is no store or no such agent.</exception>
    public static Task<string> IssueAgentKeyAsync(string dataDirectory, string agentNameOrId, PostgresOptions? postgres = null, TimeProvider? clock = null, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            using var database = OpenExisting(dataDirectory, postgres, clock ?? TimeProvider.System);
            var store = new IdentityStore(database);
            var organisation = Organisation(store, dataDirectory);
            var now = (clock ?? TimeProvider.System).GetUtcNow();
            var agent = store.FindAgent(agentNameOrId, now);
            if (agent is null || agent.RevokedAt is not null)
            {
                throw new GatewayStartException($"No agent in force has the name or id {DisplayText.Clean(agentNameOrId, 200)}. Make one with `guard agent create`.");
            }

            var key = ApiKey.Create(KeyKind.Agent);
            store.AddAgentKey(agent.Id, key, AdministrationEvent.Of(organisation.Name, now, LocalActor, "key.issue", $"agent key {key.Prefix}", $"agent {agent.Name}, id {agent.Id}"));
            return key.Text;
        },
        cancellationToken);

    /// <summary>Whether a database holds no organisation yet, so that the next start is a first one. Brings its schema up to date.</summary>
    /// <param name="postgres">The database.</param>
    /// <param name="clock">Null: the system's.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="GatewayStartException">The database cannot be used.</exception>
    public static Task<bool> IsEmptyAsync(PostgresOptions postgres, TimeProvider? clock = null, CancellationToken cancellationToken = default) => Task.Run(
        () =>
        {
            using var database = PostgresDatabase.Open(postgres, clock ?? TimeProvider.System, NullLogger<PostgresDatabase>.Instance);
            return new IdentityStore(database).FindOrganisation() is null;
        },
        cancellationToken);

    private static string LocalActor => $"local account {Environment.UserName}";

    private static IDatabase OpenExisting(string dataDirectory, PostgresOptions? postgres, TimeProvider clock)
    {
        if (postgres is not null)
        {
            return PostgresDatabase.Open(postgres, clock, NullLogger<PostgresDatabase>.Instance);
        }

        return File.Exists(Path.Combine(dataDirectory, SqliteDatabase.FileName))
            ? SqliteDatabase.Open(dataDirectory)
            : throw new GatewayStartException($"There is no store in {DisplayText.Clean(dataDirectory, 200)}. Start the gateway once: `guard up`.");
    }

    private static OrganisationRow Organisation(IdentityStore store, string dataDirectory) =>
        store.FindOrganisation() ?? throw new GatewayStartException($"The store in {dataDirectory} is empty. Start the gateway once: `guard up`.");
}
