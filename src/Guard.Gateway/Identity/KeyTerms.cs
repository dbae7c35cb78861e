using Guard.Gateway.Hosting;

namespace Guard.Gateway.Identity;

/// <summary>Scopes and end of a key as a request states them.</summary>
internal static class KeyTerms
{
    /// <summary>Known, at least one, each once.</summary>
    /// <exception cref="RefusedException">400, naming what there is.</exception>
    public static IReadOnlyList<string> CheckScopes(string member, IReadOnlyList<string> stated, IReadOnlyList<string> known)
    {
        foreach (var scope in stated)
        {
            if (!known.Contains(scope, StringComparer.Ordinal))
            {
                throw RefusedException.BadRequest($"`{member}` holds `{scope}`, which is no scope of such a key. There are: {string.Join(", ", known)}.");
            }
        }

        return stated.Count > 0 && stated.Distinct(StringComparer.Ordinal).Count() == stated.Count
            ? stated
            : throw RefusedException.BadRequest($"`{member}` must hold at least one scope, and each once. There are: {string.Join(", ", known)}.");
    }

    /// <exception cref="RefusedException">400: the end has come already.</exception>
    public static DateTimeOffset? CheckEnd(string member, DateTimeOffset? end, DateTimeOffset now) =>
        end <= now ? throw RefusedException.BadRequest($"`{member}` is not in the future.") : end;
}
