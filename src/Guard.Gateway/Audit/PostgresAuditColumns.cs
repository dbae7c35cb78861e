using System.Security.Cryptography;
using System.Text;
using Guard.Protocol;
using NpgsqlTypes;

namespace Guard.Gateway.Audit;

/// <summary>What append_events takes of a group of events: an array for each parameter.</summary>
internal static class PostgresAuditColumns
{
    private const int ResourceLength = 500;

    /// <summary>In the order of the parameters.</summary>
    public static IReadOnlyList<PostgresAuditColumn> All { get; } =
    [
        Column(NpgsqlDbType.Uuid, static r => r.Leaf.Id),
        Column(NpgsqlDbType.Uuid, static r => Claim(r.Event)),
        Column(NpgsqlDbType.Bigint, static r => r.Event.Time.ToUnixTimeMilliseconds()),
        Text(static r => r.Event.Kind),
        Text(static r => r.Event.Organisation),
        Text(static r => r.Event.Owner),
        Column(NpgsqlDbType.Uuid, static r => Id(r.Event.AgentId)),
        Text(static r => r.Event.AgentName),
        Text(static r => r.Event.SessionId),
        Column(NpgsqlDbType.Uuid, static r => Id(r.Event.TraceId)),
        Text(static r => r.Event.ToolUseId),
        Text(static r => r.Event.Tool),
        Text(static r => r.Event.Action),
        Text(static r => Cut(r.Event.Resource)),
        Text(static r => r.Event.Effect),
        Text(static r => r.Event.Answer),
        Text(static r => r.Event.Policy),
        Text(static r => r.Event.Rule),
        Text(static r => r.Body),
        Column(NpgsqlDbType.Bigint, static r => r.Basis?.Policies),
        Column(NpgsqlDbType.Bigint, static r => r.Basis?.Keys),
        Column(NpgsqlDbType.Bigint, static r => r.Pin?.PinnedAt.ToUnixTimeMilliseconds()),
        Text(static r => r.Pin?.WorkspaceWritten),
        Text(static r => r.Pin?.WorkspaceReal),
        Column(NpgsqlDbType.Bytea, static r => r.Leaf.Commitment.ToArray()),
        Column(NpgsqlDbType.Bytea, static r => r.Salt),
        Column(NpgsqlDbType.Integer, static r => r.Leaf.RetentionDays),
    ];

    private static PostgresAuditColumn Text(Func<AuditRecord, string?> value) => Column(NpgsqlDbType.Text, record => Storable(value(record)));

    private static PostgresAuditColumn Column<T>(NpgsqlDbType type, Func<AuditRecord, T> value) => new(NpgsqlDbType.Array | type, records =>
    {
        var values = new T[records.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(records[i]);
        }

        return values;
    });

    /// <summary>What only one event may ever be: the decision of an agent's trace, and its outcome. Null: anything else.</summary>
    private static Guid? Claim(AuditEvent auditEvent) => auditEvent is { Kind: AuditKinds.Decision or AuditKinds.Outcome, TraceId: { } trace }
        ? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{auditEvent.Kind} {auditEvent.AgentId} {trace}")).AsSpan(0, 16))
        : null;

    private static Guid? Id(string? text) => text is null ? null : Guid.Parse(text);

    private static string? Cut(string? text)
    {
        if (text is null || text.Length <= ResourceLength)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[ResourceLength - 1]) ? ResourceLength - 1 : ResourceLength)];
    }

    // PostgreSQL holds no NUL. The whole event stands in its body, where JSON escapes it.
    private static string? Storable(string? text) => text?.Replace('\0', '\uFFFD');
}

/// <summary>A parameter.</summary>
/// <param name="Type">An array's.</param>
/// <param name="Values">Of each record, in order.</param>
internal sealed record PostgresAuditColumn(NpgsqlDbType Type, Func<IReadOnlyList<AuditRecord>, Array> Values);
