namespace Guard.Gateway.Hosting;

/// <summary>The codes of refused requests. Stable: docs/api.md lists them, and clients act on them.</summary>
internal static class ProblemCodes
{
    public const string AgentExists = "agent-exists";
    public const string AgentRevoked = "agent-revoked";
    public const string AgentUnknown = "agent-unknown";
    public const string AuditUnavailable = "audit-unavailable";
    public const string BadRequest = "bad-request";
    public const string BodyTooLarge = "body-too-large";
    public const string EventErased = "event-erased";
    public const string EventKept = "event-kept";
    public const string EventUnknown = "event-unknown";
    public const string EventUnsigned = "event-unsigned";
    public const string InternalError = "internal-error";
    public const string KeyAbsent = "key-absent";
    public const string KeyExpired = "key-expired";
    public const string KeyKind = "key-kind";
    public const string KeyMalformed = "key-malformed";
    public const string KeyMissing = "key-missing";
    public const string KeyRevoked = "key-revoked";
    public const string KeyScope = "key-scope";
    public const string KeyUnknown = "key-unknown";
    public const string LogNotSigned = "log-not-signed";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string NotFound = "not-found";
    public const string OutcomeExists = "outcome-exists";
    public const string PeerRefused = "peer-refused";
    public const string PoliciesChanged = "policies-changed";
    public const string PoliciesInvalid = "policies-invalid";
    public const string PolicyUnknown = "policy-unknown";
    public const string RateLimited = "rate-limited";
    public const string StoreUnavailable = "store-unavailable";
    public const string TooManyAccesses = "too-many-accesses";
    public const string TooManyFailures = "too-many-failures";
    public const string TooManyStreams = "too-many-streams";
    public const string TraceReused = "trace-reused";
    public const string TraceUnknown = "trace-unknown";
    public const string Version = "version";
}
