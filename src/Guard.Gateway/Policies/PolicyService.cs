using System.Globalization;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Policies;

/// <summary>Puts policies in force: the whole resulting set compiles, or nothing changes.</summary>
internal sealed partial class PolicyService(PolicyStore store, ActiveBundle active, OrganisationRow organisation, FloorSettings floor, TimeProvider clock, ILogger<PolicyService> logger)
{
    /// <summary>The author of what the gateway does by itself at start.</summary>
    public const string FolderActor = "policy-folder";

    /// <summary>The author of what the gateway does by itself when another gateway has changed the policies.</summary>
    private const string LoadedActor = "gateway";

    private const int MaxAttempts = 10;
    private const int MaxFiles = 512;
    private const int MaxPath = 512;
    private const int MaxMessage = 2_000;

    // Protects the order of changes: one reads the set in force, compiles, commits and swaps before the next one starts.
    private readonly Lock _changing = new();

    public BundleInForce Current => active.Current;

    /// <summary>
    /// Puts the folders' documents beside those that were applied through the API. Broken folders keep the last good bundle
    /// in force and mark it stale; where there is none yet, they keep the gateway from starting.
    /// </summary>
    /// <exception cref="GatewayStartException">There is no good bundle.</exception>
    public void Start(IReadOnlyList<string> folders)
    {
        lock (_changing)
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (TryStart_NeedsLock(folders, store.LoadInForce()))
                {
                    return;
                }
            }
        }

        throw new GatewayStartException("Other gateways changed the policies of this store again and again while this one started. Start it again.");
    }

    /// <summary>Makes the store's newest documents the bundle in force, if they are not yet.</summary>
    public void Refresh()
    {
        lock (_changing)
        {
            Refresh_NeedsLock();
        }
    }

    /// <exception cref="RefusedException">422 with all diagnostics: nothing has changed.</exception>
    public ApplyPoliciesResponse Apply(ApplyPoliciesRequest request, AdminIdentity admin)
    {
        var files = Files(request);
        return Response(Change(before => Plan(before, files, PolicyOrigin.Api), admin.Name, request.Message));
    }

    /// <summary>What <see cref="Apply"/> would say, without changing anything.</summary>
    /// <exception cref="RefusedException">422 with all diagnostics.</exception>
    public ApplyPoliciesResponse Validate(ApplyPoliciesRequest request)
    {
        var plan = Plan(active.Current.Policies, Files(request), PolicyOrigin.Api);
        ThrowOnErrors(plan);
        return Response(plan);
    }

    /// <exception cref="RefusedException">404: no such policy is in force.</exception>
    public PolicyFile Find(string name) =>
        active.Current.Policies.FirstOrDefault(policy => policy.Summary.Name == name) is { } found
            ? new PolicyFile { Path = found.Source.Path, Text = found.Source.Text }
            : throw Unknown(name);

    /// <exception cref="RefusedException">404: no policy of this name was ever applied.</exception>
    public PolicyHistory History(string name) => store.History(name) ?? throw NeverApplied(name);

    /// <exception cref="RefusedException">404: there is no such version.</exception>
    public PolicyFile Version(string name, string revision) =>
        int.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && store.Version(name, number) is { } document ? document : throw NeverApplied(name);

    /// <exception cref="RefusedException">404: no such policy is in force. 422: the others do not compile without it.</exception>
    public PolicyList Remove(string name, AdminIdentity admin)
    {
        Change(
            before => Plan(before.Any(policy => policy.Summary.Name == name) ? [.. before.Where(policy => policy.Summary.Name != name)] : throw Unknown(name), [], PolicyOrigin.Api),
            admin.Name,
            message: null);
        return List();
    }

    public PolicyList List()
    {
        var current = active.Current;
        return new PolicyList { Bundle = current.Bundle.Hash, Policies = [.. current.Policies.Select(static policy => policy.Summary)] };
    }

    private bool TryStart_NeedsLock(IReadOnlyList<string> folders, StoredPolicies stored)
    {
        if (folders.Count == 0)
        {
            Restore_NeedsLock(stored, stale: null);
            return true;
        }

        var files = folders.SelectMany(PolicyFolder.Read).ToList();
        var kept = stored.Policies.Where(static policy => policy.Origin == PolicyOrigin.Api).ToList();
        var plan = Plan(kept, files, PolicyOrigin.Folder);
        if (!plan.HasErrors)
        {
            return TryCommit_NeedsLock(stored, plan, FolderActor, $"applied from {string.Join(", ", folders)}");
        }

        var errors = Errors(plan.Diagnostics);
        if (!store.HasHistory())
        {
            throw new GatewayStartException($"The policies in {string.Join(", ", folders)} have errors, and there are no earlier ones to keep: {errors}");
        }

        LogFolderRefused(DisplayText.Clean(errors, 4_000));
        Restore_NeedsLock(stored, $"the policy folder has errors and was refused whole; the last good bundle is in force: {errors}");
        return true;
    }

    // The change is planned from what is in force, and planned again if another gateway was faster.
    private PolicyPlan Change(Func<IReadOnlyList<PolicyInForce>, PolicyPlan> plan, string actor, string? message)
    {
        lock (_changing)
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                Refresh_NeedsLock();
                var before = active.Current;
                var planned = plan(before.Policies);
                ThrowOnErrors(planned);
                if (TryCommit_NeedsLock(new StoredPolicies(before.Generation, before.Policies), planned, actor, message))
                {
                    return planned;
                }
            }
        }

        throw new RefusedException(409, ProblemCodes.PoliciesChanged, "Others changed the policies again and again in between; nothing of this change is in force. Try again.");
    }

    private void Refresh_NeedsLock()
    {
        if (active.Current.Generation == store.Generation())
        {
            return;
        }

        var stored = store.LoadInForce();
        var result = Compile(stored);
        if (result.Bundle is not { } bundle)
        {
            var errors = DisplayText.Clean(Errors(result.Diagnostics), 4_000);
            LogUnusable(errors);
            active.Swap(active.Current with { Generation = stored.Generation, Unusable = $"the policies in force do not compile with this version of the gateway: {errors}" });
            return;
        }

        Note_NeedsLock(bundle, stored, LoadedActor);
        active.Swap(new BundleInForce(bundle, stored.Policies, stored.Generation) { Stale = active.Current.Stale });
        LogInForce(bundle.Hash, stored.Policies.Count);
    }

    private void Restore_NeedsLock(StoredPolicies stored, string? stale)
    {
        var result = Compile(stored);
        if (result.Bundle is not { } bundle)
        {
            throw new GatewayStartException($"The policies in the store do not compile with this version of the program: {Errors(result.Diagnostics)}. Start once with a policy folder that replaces them.");
        }

        Note_NeedsLock(bundle, stored, FolderActor);
        active.Swap(new BundleInForce(bundle, stored.Policies, stored.Generation) { Stale = stale });
        LogInForce(bundle.Hash, stored.Policies.Count);
    }

    // The floor is part of a bundle and each gateway's own, so the same documents can be another bundle here. Events name
    // bundles: each of them is noted once. If the documents have changed meanwhile, this bundle is not in force anyway.
    private void Note_NeedsLock(PolicyBundle bundle, StoredPolicies stored, string actor)
    {
        if (!store.KnowsBundle(bundle.Hash))
        {
            store.TryCommit(new PolicyChange { Applied = [], Removed = [], Basis = stored.Generation, Bundle = bundle.Hash, Actor = actor, At = clock.GetUtcNow(), Audit = [] });
        }
    }

    private bool TryCommit_NeedsLock(StoredPolicies before, PolicyPlan plan, string actor, string? message)
    {
        var bundle = plan.Bundle ?? throw new InvalidOperationException("A plan with errors cannot be committed.");
        var now = clock.GetUtcNow();
        var applied = plan.Applied.Where(policy => IsNew(before.Policies, policy)).ToList();
        var removed = before.Policies.Select(static policy => policy.Summary.Name).Except(plan.Names, StringComparer.Ordinal).ToList();
        var inForce = before;
        if (applied.Count > 0 || removed.Count > 0 || store.LastBundle() != bundle.Hash)
        {
            var committed = store.TryCommit(new PolicyChange
            {
                Applied = applied,
                Removed = removed,
                Basis = before.Generation,
                Bundle = bundle.Hash,
                Actor = actor,
                Message = message,
                At = now,
                Audit =
                [
                    .. applied.Select(policy => AdministrationEvent.Of(organisation.Name, now, actor, "policy.apply", policy.Definition.Name, $"{policy.Definition.Digest}, bundle {bundle.Hash}")),
                    .. removed.Select(name => AdministrationEvent.Of(organisation.Name, now, actor, "policy.remove", name, $"bundle {bundle.Hash}")),
                ],
            });
            if (committed is null)
            {
                return false;
            }

            inForce = committed;
        }

        active.Swap(new BundleInForce(bundle, inForce.Policies, inForce.Generation));
        LogInForce(bundle.Hash, inForce.Policies.Count);
        return true;
    }

    private CompileResult Compile(StoredPolicies stored) => PolicyCompiler.Compile([.. stored.Policies.Select(static policy => policy.Source)], floor);

    private static string Errors(IEnumerable<Diagnostic> diagnostics) =>
        string.Join("; ", diagnostics.Where(static diagnostic => diagnostic.Severity == Severity.Error).Select(static diagnostic => diagnostic.ToString()));

    private static bool IsNew(IReadOnlyList<PolicyInForce> before, AppliedPolicy applied) =>
        !before.Any(policy => policy.Summary.Name == applied.Definition.Name && policy.Source == applied.Source && policy.Origin == applied.Origin);

    // Each document alone first: that tells its name, by which it replaces an older one. Then the whole resulting set.
    private PolicyPlan Plan(IReadOnlyList<PolicyInForce> kept, IReadOnlyList<PolicySource> files, PolicyOrigin origin)
    {
        // The same content twice is a warning; it is one policy all the same.
        var names = new HashSet<string>(StringComparer.Ordinal);
        var applied = new List<AppliedPolicy>();
        var diagnostics = new List<Diagnostic>();
        foreach (var file in files)
        {
            var alone = PolicyCompiler.Compile([file], floor);
            diagnostics.AddRange(alone.Diagnostics);
            applied.AddRange((alone.Bundle?.Policies ?? []).Where(definition => names.Add(definition.Name)).Select(definition => new AppliedPolicy(definition, file, origin)));
        }

        if (diagnostics.Any(static diagnostic => diagnostic.Severity == Severity.Error))
        {
            return new PolicyPlan(null, applied, [], diagnostics);
        }

        var rest = kept.Where(policy => !names.Contains(policy.Summary.Name)).ToList();
        var whole = PolicyCompiler.Compile([.. rest.Select(static policy => policy.Source), .. files], floor);
        diagnostics.AddRange(whole.Diagnostics.Except(diagnostics));
        return new PolicyPlan(whole.Bundle, applied, [.. rest.Select(static policy => policy.Summary.Name), .. names], diagnostics);
    }

    private static IReadOnlyList<PolicySource> Files(ApplyPoliciesRequest request)
    {
        if (request.Files.Count is 0 or > MaxFiles)
        {
            throw RefusedException.BadRequest($"`files` must have 1 to {MaxFiles} entries.");
        }

        if (request.Message?.Length > MaxMessage)
        {
            throw RefusedException.BadRequest($"`message` is longer than {MaxMessage} characters.");
        }

        return [.. request.Files.Select(static file => file switch
        {
            null => throw RefusedException.BadRequest("`files` holds null."),
            { Path.Length: 0 or > MaxPath } => throw RefusedException.BadRequest($"`files.path` must have 1 to {MaxPath} characters."),
            _ => new PolicySource(file.Path, file.Text),
        })];
    }

    private static void ThrowOnErrors(PolicyPlan plan)
    {
        if (plan.HasErrors)
        {
            throw new RefusedException(422, ProblemCodes.PoliciesInvalid, "The documents have errors; nothing was changed and the bundle in force stays.") { Diagnostics = Diagnostics(plan) };
        }
    }

    private ApplyPoliciesResponse Response(PolicyPlan plan)
    {
        var list = List();
        return new ApplyPoliciesResponse { Bundle = list.Bundle, Policies = list.Policies, Diagnostics = Diagnostics(plan) };
    }

    private static IReadOnlyList<PolicyDiagnostic> Diagnostics(PolicyPlan plan) =>
        [.. plan.Diagnostics.Select(static diagnostic => new PolicyDiagnostic
        {
            Code = diagnostic.Code,
            Severity = diagnostic.Severity == Severity.Error ? "error" : "warning",
            File = diagnostic.File,
            Line = diagnostic.Line,
            Column = diagnostic.Column,
            Message = diagnostic.Message,
            Remedy = diagnostic.Remedy,
        })];

    private static RefusedException NeverApplied(string name) => new(404, ProblemCodes.PolicyUnknown, $"No such version of a policy named {name} was ever applied. `guard policy history {name}` shows all.");

    private static RefusedException Unknown(string name) => new(404, ProblemCodes.PolicyUnknown, $"No policy named {name} is in force. `guard policy list` shows all.");

    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "Bundle {Bundle} is in force with {Count} policies")]
    private partial void LogInForce(string bundle, int count);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "The policy folder has errors and was refused whole; the last good bundle stays in force: {Errors}")]
    private partial void LogFolderRefused(string errors);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Error, Message = "The policies that another gateway put in force do not compile here; every call is denied until they do: {Errors}")]
    private partial void LogUnusable(string errors);

    /// <summary>What a change would lead to.</summary>
    /// <param name="Bundle">Null: there are errors.</param>
    /// <param name="Applied">The documents of the change.</param>
    /// <param name="Names">All policies in force afterwards.</param>
    /// <param name="Diagnostics">Errors and warnings of every document.</param>
    private sealed record PolicyPlan(PolicyBundle? Bundle, IReadOnlyList<AppliedPolicy> Applied, IReadOnlyList<string> Names, IReadOnlyList<Diagnostic> Diagnostics)
    {
        public bool HasErrors => Bundle is null;
    }
}
