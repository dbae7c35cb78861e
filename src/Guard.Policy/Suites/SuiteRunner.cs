using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Suites;

/// <summary>Runs a suite against a bundle.</summary>
public static class SuiteRunner
{
    /// <summary>Judges every case.</summary>
    /// <param name="suite">What to judge.</param>
    /// <param name="bundle">The policies to judge by.</param>
    /// <param name="adapt">Turns a client's tool call into accesses in the case's stated file tree.</param>
    public static SuiteResult Run(Suite suite, PolicyBundle bundle, Func<SuiteToolCall, IReadOnlyList<RequestedAccess>> adapt) =>
        new(suite, [.. suite.Cases.Select(c => Run(c, bundle, adapt))]);

    /// <summary>The request that a case stands for.</summary>
    public static EvaluationRequest Request(SuiteCase @case, Func<SuiteToolCall, IReadOnlyList<RequestedAccess>> adapt)
    {
        var accesses = @case.Call is { } call ? adapt(call) : [Access(@case.Access!, @case.Workspace)];
        return Request(@case, accesses);
    }

    private static EvaluationRequest Request(SuiteCase @case, IReadOnlyList<RequestedAccess> accesses) => new()
    {
        Agent = @case.Agent,
        Accesses = accesses,
        Tool = @case.Call is { } call ? ToolFact.Of(call.Tool, call.Input, accesses) : null,
        Workspace = new WorkspaceFact { Folder = Both(@case.Workspace, @case.Workspace.Folder) },
        Homes = [Both(@case.Workspace, @case.Workspace.Home)],
        Context = @case.Context,
        Now = @case.Now,
    };

    private static SuiteCaseResult Run(SuiteCase @case, PolicyBundle bundle, Func<SuiteToolCall, IReadOnlyList<RequestedAccess>> adapt)
    {
        var decision = Evaluator.Evaluate(bundle, Request(@case, adapt));
        return new SuiteCaseResult(@case, decision, Problem(@case, decision));
    }

    private static string? Problem(SuiteCase @case, Decision decision)
    {
        if (decision.Effect != @case.Expected)
        {
            return $"expected {Word(@case.Expected)}, decided {Word(decision.Effect)} ({By(decision)}: {Shown.Text(decision.Reason)})";
        }

        if (@case.Policy is { } policy && policy != decision.Policy)
        {
            return $"expected policy `{policy}` to decide, it was {By(decision)}";
        }

        if (@case.Rule is { } rule && rule != decision.Rule)
        {
            return $"expected rule `{rule}` to decide, it was {By(decision)}";
        }

        return @case.Reason is { } reason && !decision.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase)
            ? $"expected a reason with `{reason}`, it was `{Shown.Text(decision.Reason)}`"
            : null;
    }

    private static string By(Decision decision) => decision.Policy is null ? "no rule" : $"policy {decision.Policy}, rule {decision.Rule}";

    private static string Word(Effect effect) => effect.ToString().ToLowerInvariant();

    private static FolderSpelling Both(SuiteWorkspace workspace, string folder) => new(folder, StatedTree.Real(workspace, folder));

    private static RequestedAccess Access(SuiteAccess access, SuiteWorkspace workspace)
    {
        if (ResourceKindOf.Action(access.Action) != ResourceKinds.File)
        {
            return new RequestedAccess { Action = access.Action, Resource = access.Resource };
        }

        var absolute = StatedTree.Absolute(workspace, access.Resource);
        return new RequestedAccess
        {
            Action = access.Action,
            Resource = AbsolutePath.Parse(absolute)!.Text,
            Real = StatedTree.Real(workspace, absolute),
            Subtree = access.Subtree,
        };
    }
}
