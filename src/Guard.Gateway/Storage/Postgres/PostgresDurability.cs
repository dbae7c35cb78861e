using System.Data.Common;
using Dapper;

namespace Guard.Gateway.Storage.Postgres;

/// <summary>Holds a server to what a recorded decision stands on: that a commit survives a power cut.</summary>
internal static class PostgresDurability
{
    /// <summary>Which a session cannot set; <c>synchronous_commit</c> it can, and the gateway's do.</summary>
    private const string SettingsSql = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' UNION ALL SELECT 'synchronous_commit' WHERE current_setting('synchronous_commit') = 'off' ORDER BY 1";

    /// <summary>Why the server is refused; null: its commits are durable.</summary>
    /// <param name="connection">One that the gateway works with.</param>
    public static string? Refusal(DbConnection connection)
    {
        var off = connection.Query<string>(SettingsSql).AsList();
        return off.Count == 0
            ? null
            : $"runs with {string.Join(" and ", off.Select(static name => $"{name}=off"))}, so a power cut can take events whose calls were allowed. Set {string.Join(" and ", off.Select(static name => $"{name}=on"))}, or, for a trial, start with --allow-volatile-database";
    }
}
