using System.Collections.Immutable;
using System.Text.Json;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Suites;

/// <summary>A test suite of a policy, as read from a <c>*_test.yaml</c>. Immutable.</summary>
public sealed record Suite
{
    public required string Name { get; init; }

    /// <summary>The file's name as the source stated it.</summary>
    public required string Path { get; init; }

    /// <summary>Files, relative to the suite's own, of the policies it is about.</summary>
    public required ImmutableArray<string> Policies { get; init; }
    public required ImmutableArray<SuiteCase> Cases { get; init; }
}

/// <summary>One expectation: a tool call, or a single access, and what must be decided.</summary>
public sealed record SuiteCase
{
    public required string Name { get; init; }

    /// <summary>From 1, in the suite's file.</summary>
    public required int Line { get; init; }
    public required AgentFacts Agent { get; init; }
    public required SuiteWorkspace Workspace { get; init; }

    /// <summary>Null exactly when <see cref="Access"/> is stated.</summary>
    public SuiteToolCall? Call { get; init; }

    /// <summary>A single access, judged as if a call consisted of nothing else.</summary>
    public SuiteAccess? Access { get; init; }
    public ContextFacts Context { get; init; } = new();
    public required DateTimeOffset Now { get; init; }

    /// <summary>Deny where the case states nothing.</summary>
    public required Effect Expected { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }

    /// <summary>Must be part of the decision's reason, ignoring case.</summary>
    public string? Reason { get; init; }

    /// <summary>What the page that a policy was taken from implies, where that is worth recording.</summary>
    public Effect? Page { get; init; }

    /// <summary>Why <see cref="Expected"/> differs from <see cref="Page"/>; stated exactly when it does.</summary>
    public string? Differs { get; init; }
}

/// <summary>A tool call of a suite, in the client's own words.</summary>
public sealed record SuiteToolCall
{
    /// <summary>The tool's name as the client spells it.</summary>
    public required string Tool { get; init; }
    public required JsonElement Input { get; init; }
    public required SuiteWorkspace Workspace { get; init; }

    /// <summary>Absolute; the workspace unless the case says otherwise.</summary>
    public required string Cwd { get; init; }
    public string? PermissionMode { get; init; }
}

/// <summary>A single access of a suite.</summary>
public sealed record SuiteAccess(string Action, string Resource, bool Subtree);

/// <summary>A stated file tree: nothing of it exists on the machine that runs the suite.</summary>
public sealed record SuiteWorkspace
{
    /// <summary>Absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>Absolute.</summary>
    public required string Home { get; init; }

    /// <summary>Absolute paths of files that exist.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>Symlinks: absolute path to the target as written.</summary>
    public required ImmutableSortedDictionary<string, string> Links { get; init; }
}

/// <summary>A suite, or the reasons why there is none.</summary>
public sealed record SuiteReadResult(Suite? Suite, IReadOnlyList<Diagnostic> Diagnostics);

/// <summary>How one case went. <see cref="Problem"/> null: as expected.</summary>
public sealed record SuiteCaseResult(SuiteCase Case, Decision Decision, string? Problem)
{
    public bool Passed => Problem is null;
}

/// <summary>How a suite went.</summary>
public sealed record SuiteResult(Suite Suite, IReadOnlyList<SuiteCaseResult> Cases)
{
    public bool Passed => Cases.All(c => c.Passed);
}
