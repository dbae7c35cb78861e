namespace Guard.Protocol;

/// <summary>What a key may do. A key has scopes of its own kind only; each endpoint asks for one.</summary>
public static class Scopes
{
    /// <summary>Ask for decisions.</summary>
    public const string Decisions = "decisions";

    /// <summary>Report how calls ended.</summary>
    public const string Outcomes = "outcomes";

    /// <summary>Read the record: list, statistics, stream, export for verification, proofs.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>Erase the bodies of events, singly or at the end of their retention. The record says who did.</summary>
    public const string AuditErase = "audit:erase";

    /// <summary>Change the key that signs the log of the record, and begin a new log.</summary>
    public const string AuditKeys = "audit:keys";

    /// <summary>Read policies, check documents, try out what would be decided.</summary>
    public const string PoliciesRead = "policies:read";

    /// <summary>Put policies in force and take them out.</summary>
    public const string PoliciesWrite = "policies:write";

    /// <summary>Read agents and what is known of their keys.</summary>
    public const string AgentsRead = "agents:read";

    /// <summary>Make, change and revoke agents and their keys.</summary>
    public const string AgentsWrite = "agents:write";

    /// <summary>Read what is known of admin keys.</summary>
    public const string KeysRead = "keys:read";

    /// <summary>Make admin keys that can do no more than the key that makes them, and revoke admin keys.</summary>
    public const string KeysWrite = "keys:write";

    /// <summary>Read what can be watched about the gateway: <c>/metrics</c>.</summary>
    public const string MetricsRead = "metrics:read";

    /// <summary>Those of agent keys.</summary>
    public static IReadOnlyList<string> OfAgents { get; } = [Decisions, Outcomes];

    /// <summary>Those of admin keys.</summary>
    public static IReadOnlyList<string> OfAdmins { get; } = [AuditRead, AuditErase, AuditKeys, PoliciesRead, PoliciesWrite, AgentsRead, AgentsWrite, KeysRead, KeysWrite, MetricsRead];
}
