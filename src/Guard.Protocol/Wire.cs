namespace Guard.Protocol;

/// <summary>Constants of the wire between hook, gateway and command line.</summary>
public static class Wire
{
    /// <summary>Version of the request and answer records. A gateway refuses any other with 400.</summary>
    public const int Version = 1;

    /// <summary>
    /// Version of the analysis that turned a tool call into accesses. A gateway denies calls whose analyser is older than
    /// its minimum, because an older analyser may have missed an access.
    /// </summary>
    public const int AnalyserVersion = 2;

    /// <summary>The request header that carries the trace id, unless a hook is configured with another name.</summary>
    public const string DefaultTraceHeader = "Guard-Trace";

    /// <summary>Largest request body of <c>POST /v1/decisions</c>, in bytes. Larger ones are denied, not cut.</summary>
    public const int MaxDecisionRequestBytes = 1024 * 1024;

    /// <summary>Largest number of accesses in one decision request. More are denied, not cut.</summary>
    public const int MaxAccesses = 2048;

    /// <summary>Largest number that every reader of JSON keeps exactly, 2^53 - 1. Counts and sizes beyond it are refused.</summary>
    public const long MaxInteger = 9_007_199_254_740_991;

    public const string DecisionsPath = "/v1/decisions";
    public const string EventsPath = "/v1/events";
    public const string SpooledEventsPath = "/v1/events/spooled";
    public const string EventStatsPath = "/v1/events/stats";
    public const string EventStreamPath = "/v1/events/stream";
    public const string LogPath = "/v1/log";
    public const string LogExportPath = "/v1/log/export";
    public const string LogProofsPath = "/v1/log/proofs";
    public const string LogErasuresPath = "/v1/log/erasures";
    public const string LogExpiriesPath = "/v1/log/expiries";
    public const string LogKeysPath = "/v1/log/keys";
    public const string LogRestartsPath = "/v1/log/restarts";

    /// <summary>Operations of the administration events that verification reads.</summary>
    public const string EraseOperation = "audit.erase";

    /// <inheritdoc cref="EraseOperation"/>
    public const string ExpireOperation = "audit.expire";

    /// <summary>
    /// Type of the last event of a stream that the gateway ends for good; its data is a <see cref="Problem"/>. A stream that
    /// ends without it can be opened again.
    /// </summary>
    public const string StreamEnd = "end";

    /// <summary>A stream of events is never silent for longer: without news it carries a comment.</summary>
    public static readonly TimeSpan StreamHeartbeat = TimeSpan.FromSeconds(15);
}
