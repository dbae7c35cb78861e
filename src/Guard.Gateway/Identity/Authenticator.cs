using Guard.Gateway.Audit.Spool;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Microsoft.AspNetCore.Http;

namespace Guard.Gateway.Identity;

/// <summary>Turns the key of a request into whose it is, or refuses.</summary>
internal sealed class Authenticator(KeyIndex index, IDatabase database, AuditDegradation degradation, RateLimiter limiter, RefusalRecorder refusals, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    /// <exception cref="RefusedException">401: the key does not hold. 403: it is of the other kind, or lacks the scope. 429: too many requests. 503: whether it holds is not known.</exception>
    public KeyEntry Authenticate(HttpRequest request, RequiredScope required)
    {
        // With a spool, what this gateway knew last holds for a short time.
        if (database.Outage is { } outage && !degradation.Covers(outage.Since))
        {
            throw new RefusedException(StatusCodes.Status503ServiceUnavailable, ProblemCodes.StoreUnavailable, $"The store cannot be reached since {outage.Since:yyyy-MM-dd HH:mm:ss} UTC, so nobody knows which keys and policies are in force, and everything is denied: {outage.Reason}.");
        }

        var headers = request.Headers.Authorization;
        if (headers.Count == 0)
        {
            throw Failed(ProblemCodes.KeyMissing, RefusalSubject.Nobody, "No API key. Send it as `Authorization: Bearer guard_agent_...`.");
        }

        var header = headers.Count == 1 ? headers[0] : null;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Failed(ProblemCodes.KeyMalformed, RefusalSubject.Nobody, "The Authorization header must be one `Bearer <key>`.");
        }

        var presented = header.AsSpan(Scheme.Length).Trim();
        if (!ApiKey.TryParse(presented, out _, out var prefix))
        {
            throw Failed(ProblemCodes.KeyMalformed, RefusalSubject.Nobody, "The API key does not have the form of one. Was it copied whole?");
        }

        var entry = Find(prefix);
        // One answer for an unknown prefix and a wrong secret: neither says which keys exist.
        if (entry is null || !KeyIndex.Matches(entry, presented))
        {
            throw Failed(ProblemCodes.KeyUnknown, RefusalSubject.OfPrefix(prefix), "The API key is not known here. Is it of another gateway? `guard agent create` makes a new one.");
        }

        if (entry.RevokedAt is not null)
        {
            throw Failed(ProblemCodes.KeyRevoked, RefusalSubject.Of(entry), $"The API key {prefix} was revoked. Ask for a new one: `guard agent create`.");
        }

        if (entry.ExpiresAt <= clock.GetUtcNow())
        {
            throw Failed(ProblemCodes.KeyExpired, RefusalSubject.Of(entry), $"The API key {prefix} has expired. Ask for a new one: `guard agent create`.");
        }

        if (!limiter.TryTake(entry))
        {
            throw Refused(StatusCodes.Status429TooManyRequests, ProblemCodes.RateLimited, RefusalSubject.Of(entry), $"The key {prefix} sends too many requests. Slow down and try again.");
        }

        if (entry.Kind != required.Kind)
        {
            var detail = required.Kind == KeyKind.Admin
                ? "Agent keys decide and report; this needs an admin key."
                : "Admin keys administer; this needs the key of an agent.";
            throw Refused(StatusCodes.Status403Forbidden, ProblemCodes.KeyKind, RefusalSubject.Of(entry), detail);
        }

        if (!entry.Allows(required.Scope))
        {
            throw Refused(StatusCodes.Status403Forbidden, ProblemCodes.KeyScope, RefusalSubject.Of(entry), $"The key {prefix} has not the scope `{required.Scope}`. Use one that has it: `guard key create --scope {required.Scope}`.");
        }

        return entry;
    }

    // A key that another process put into the store (a new admin key, made beside a running gateway) is found on first use.
    private KeyEntry? Find(string prefix)
    {
        if (index.TryFind(prefix, out var entry))
        {
            return entry;
        }

        if (!limiter.TryTakeFailure())
        {
            throw TooManyFailures(RefusalSubject.OfPrefix(prefix));
        }

        index.Refresh();
        return index.TryFind(prefix, out var stored) ? stored : null;
    }

    private RefusedException Failed(string code, RefusalSubject subject, string detail) =>
        limiter.TryTakeFailure() ? Refused(StatusCodes.Status401Unauthorized, code, subject, detail) : TooManyFailures(subject);

    private RefusedException TooManyFailures(RefusalSubject subject) =>
        Refused(StatusCodes.Status429TooManyRequests, ProblemCodes.TooManyFailures, subject, "Too many requests with keys that do not hold. Wait a moment.");

    private RefusedException Refused(int status, string code, RefusalSubject subject, string detail)
    {
        refusals.Count(subject, code);
        return new RefusedException(status, code, detail);
    }
}
