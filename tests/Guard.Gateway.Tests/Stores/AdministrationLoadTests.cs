using Dapper;
using Guard.Gateway.Identity;
using Guard.Protocol;
using Npgsql;

namespace Guard.Gateway.Tests.Stores;

/// <summary>What administration costs those who only want a decision.</summary>
public sealed class AdministrationLoadTests : StoreTests
{
    private const int Changes = 64;

    public AdministrationLoadTests()
        : base(StoreKind.Postgres)
    {
    }

    /// <summary>
    /// Somebody holds the lock of changes, so that none of them gets on; they give up after ten seconds. With a thread for each
    /// of them the pool would have none left, and a decision would be answered behind the first that gave up.
    /// </summary>
    [Fact]
    public async Task Changes_ThatWait_DoNotHoldUpDecisions()
    {
        await using var gateway = await StartAsync(adjust: static options => options with { Limits = options.Limits with { PerKey = new RateLimit(1_000_000, 1_000_000) } });
        await gateway.DecideAsync(Some.Read());
        await using var holder = new NpgsqlConnection(gateway.Options.Postgres!.Connection);
        await holder.OpenAsync();
        await holder.ExecuteAsync("BEGIN; SELECT pg_advisory_xact_lock(1196573745, 4)");
        var changes = Enumerable.Range(0, Changes).Select(i => gateway.ApplyAsync(($"p{i}.yaml", Some.Policy.Replace("everyday", $"p{i}", StringComparison.Ordinal)))).ToList();
        await Eventually.BecomesAsync(async () => await holder.ExecuteScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"), 1);

        for (var i = 0; i < 5; i++)
        {
            (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        }

        changes.Should().NotContain(change => change.IsCompleted, "decisions did not wait for any of them");
        await holder.ExecuteAsync("ROLLBACK");
        await Task.WhenAll(changes);
    }
}
