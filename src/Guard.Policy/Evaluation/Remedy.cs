using Guard.Policy.Diagnostics;

namespace Guard.Policy.Evaluation;

/// <summary>Completes a reason: which part of a shell line it is about, and what of the line is allowed without that part.</summary>
internal sealed class Remedy(AccessView[] accesses, AccessOutcome[] outcomes)
{
    private const int MaxSuggestions = 2;

    /// <summary>The reason of the deciding outcome, in one line.</summary>
    public string Complete(AccessOutcome deciding)
    {
        if (deciding.Effect == Effect.Allow || accesses[0].Kind != Matching.ResourceKinds.Command || !accesses[0].Access.Primary)
        {
            return deciding.Reason;
        }

        var said = deciding.Reason + About(deciding);
        var instead = Instead(deciding);
        return instead.Length == 0 || said[^1] is '.' or '!' or '?' ? said + instead : $"{said}.{instead}";
    }

    private string About(AccessOutcome deciding)
    {
        var access = accesses[deciding.Access];
        if (access.Access.Primary)
        {
            return "";
        }

        var command = CommandOf(access);
        var named = $"{Shown.Text(access.Access.Action, 64)} {access.ShownResource}";
        var isNamed = deciding.Reason.Contains(access.ShownResource, StringComparison.Ordinal);
        var isWholeLine = command is null || command.Access.Resource == accesses[0].Access.Resource || ReferenceEquals(command, access);
        return (isNamed, isWholeLine) switch
        {
            (true, true) => "",
            (true, false) => $" (by `{command!.ShownResource}`)",
            (false, true) => $" (`{named}`)",
            (false, false) => $" (`{named}`, by `{command!.ShownResource}`)",
        };
    }

    /// <summary>INVARIANT (a suggestion is allowed): it holds commands of the line of which every access was allowed.</summary>
    private string Instead(AccessOutcome deciding)
    {
        var allowed = accesses
            .Where(a => a.Access.Command?.Alone is not null && a.Index != deciding.Access && a.Index != accesses[deciding.Access].Access.By && !a.Access.Inert && IsAllowed(a))
            .Select(a => Shown.Text(a.Access.Command!.Alone!))
            .Distinct(StringComparer.Ordinal)
            .Take(MaxSuggestions)
            .ToList();
        return allowed.Count == 0 ? "" : $" Allowed by itself: {string.Join(", ", allowed.Select(a => $"`{a}`"))}.";
    }

    private bool IsAllowed(AccessView command) =>
        outcomes[command.Index].Effect == Effect.Allow
        && accesses.All(a => !IsCausedBy(a, command.Index) || outcomes[a.Index].Effect == Effect.Allow);

    private bool IsCausedBy(AccessView access, int command)
    {
        // A command may be started by another one.
        var by = access.Access.By;
        for (var steps = 0; by is { } at && at >= 0 && at < accesses.Length && steps <= accesses.Length; steps++)
        {
            if (at == command)
            {
                return true;
            }

            by = accesses[at].Access.By;
        }

        return false;
    }

    private AccessView? CommandOf(AccessView access) => access.Access.By is { } by && by >= 0 && by < accesses.Length ? accesses[by] : access;
}
