using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>A policy document that was read and checked. Immutable.</summary>
public sealed record PolicyDefinition
{
    /// <summary>Unique among the policies in force.</summary>
    public required string Name { get; init; }

    /// <summary>The document's own <c>version</c>; says nothing to Guard.</summary>
    public string? Version { get; init; }
    public string? Description { get; init; }

    /// <summary>The file's name as the source stated it.</summary>
    public required string Path { get; init; }

    /// <summary><c>sha256:</c> of the content; layout, comments and the order of keys do not count.</summary>
    public required string Digest { get; init; }

    /// <summary>Null: every agent.</summary>
    public AppliesToDefinition? AppliesTo { get; init; }

    /// <summary>In the order of the document, which means nothing.</summary>
    public ImmutableArray<RuleDefinition> Rules { get; init; } = [];

    /// <summary>What holds where no rule matches. Null: no opinion.</summary>
    public Effect? DefaultEffect { get; init; }

    /// <summary><c>shell.unresolved</c>: what holds for what cannot be known. Never <see cref="Effect.Allow"/>. Null: no opinion.</summary>
    public Effect? Unresolved { get; init; }

    public AuditDefinition? Audit { get; init; }

    /// <summary>The approval workflows that the document brings with it.</summary>
    public ImmutableArray<WorkflowDefinition> Workflows { get; init; } = [];

    /// <summary>
    /// The line that would allow tools without an entry. Null: the document says what holds for them, or is of the rules dialect.
    /// </summary>
    public string? UnlistedAllow { get; init; }
}

/// <summary>Whom a policy is for: keys AND, entries of a key OR; an empty key says nothing.</summary>
public sealed record AppliesToDefinition
{
    public ImmutableArray<string> Tags { get; init; } = [];
    public ImmutableArray<TrustTier> TrustTiers { get; init; } = [];

    /// <summary>Globs over the agent's name.</summary>
    public ImmutableArray<string> Agents { get; init; } = [];
    public ImmutableArray<string> AgentIds { get; init; } = [];

    /// <summary>Globs over the project, which the client states and could forge.</summary>
    public ImmutableArray<string> Projects { get; init; } = [];

    /// <summary>Of the agent's owner.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];
}

/// <summary>An entry of <c>rules</c>.</summary>
public sealed record RuleDefinition
{
    /// <summary>As written, or <c>rule-</c> and the beginning of the content's hash, so that order means nothing.</summary>
    public required string Id { get; init; }
    public required Effect Effect { get; init; }

    /// <summary>An allow that also answers the client's own permission prompt.</summary>
    public bool Grant { get; init; }

    /// <summary>Patterns over <c>verb:noun</c>, older tool names translated.</summary>
    public required ImmutableArray<string> Actions { get; init; }

    /// <summary>Null: no condition.</summary>
    public ResourceDefinition? Resource { get; init; }

    /// <summary>Null: no condition.</summary>
    public CommandDefinition? Command { get; init; }
    public TimeDefinition? Time { get; init; }

    /// <summary><c>trust.atLeast</c>.</summary>
    public TrustTier? TrustAtLeast { get; init; }

    /// <summary>Conditions over facts that the client states.</summary>
    public ImmutableArray<ContextDefinition> Context { get; init; } = [];

    /// <summary><c>conditions.when</c>: an expression in CEL. Null: none.</summary>
    public string? When { get; init; }
    public string? Reason { get; init; }

    /// <summary>Of an approve rule. Null: the organisation's default workflow.</summary>
    public ApprovalDefinition? Approval { get; init; }

    /// <summary><c>mode: audit</c>: recorded, not in force.</summary>
    public bool OnTrial { get; init; }
}

/// <summary>A block of comparisons: keys AND, entries of a key OR.</summary>
public sealed record ResourceDefinition
{
    public ImmutableArray<string> EqualTo { get; init; } = [];
    public ImmutableArray<string> StartsWith { get; init; } = [];
    public ImmutableArray<string> EndsWith { get; init; } = [];
    public ImmutableArray<string> Contains { get; init; } = [];
    public ImmutableArray<string> Matches { get; init; } = [];
    public ImmutableArray<string> Regex { get; init; } = [];
    public ImmutableArray<string> Host { get; init; } = [];

    /// <summary>A block that must not match; inside it polarity flips.</summary>
    public ResourceDefinition? Not { get; init; }
}

/// <summary>A condition over a simple command: keys AND; an empty key says nothing.</summary>
public sealed record CommandDefinition
{
    /// <summary>Globs over the program's base name; any of them.</summary>
    public ImmutableArray<string> Program { get; init; } = [];

    /// <summary>Subcommands, blanks between nested ones, each word a glob; any of them.</summary>
    public ImmutableArray<string> Subcommand { get; init; } = [];

    /// <summary>Options, with or without dashes; all of them.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>Options, with or without dashes; any of them.</summary>
    public ImmutableArray<string> AnyFlags { get; init; } = [];

    /// <summary>Globs over the words behind program and subcommand: any word in a deny, every word in an allow.</summary>
    public ImmutableArray<string> Args { get; init; } = [];

    /// <summary>True, in an allow: commands that by their description only look. False, in the others: those that are not known to.</summary>
    public bool? Reads { get; init; }
}

/// <summary>A comparison over one of the facts of the request.</summary>
public sealed record ContextDefinition(ContextFact Fact, ResourceDefinition Block);

/// <summary>The facts that <c>conditions.context</c> can name; all are stated by the client.</summary>
public enum ContextFact
{
    PermissionMode,
    Project,
    Branch,
    Host,
    Client,
    SubagentType,
    SourceAddress,
}

/// <summary>A span of the week on the gateway's clock.</summary>
public sealed record TimeDefinition
{
    /// <summary>Empty: every day. For a span over midnight the day on which it starts.</summary>
    public ImmutableArray<DayOfWeek> Days { get; init; } = [];

    /// <summary>Minutes after midnight, inclusive.</summary>
    public int From { get; init; }

    /// <summary>Minutes after midnight, exclusive; at most 1440. Below <see cref="From"/>: the span ends on the next day.</summary>
    public int Until { get; init; } = 24 * 60;

    /// <summary>IANA name.</summary>
    public string Zone { get; init; } = "UTC";
}

/// <summary>Which approval an approve rule wants.</summary>
/// <param name="Workflow">Null: the organisation's default workflow.</param>
/// <param name="Timeout">Null: the workflow's own.</param>
public sealed record ApprovalDefinition(string? Workflow, TimeSpan? Timeout);

/// <summary>A policy's wishes about the record.</summary>
public sealed record AuditDefinition
{
    /// <summary>What lists and exports show; never what is stored.</summary>
    public ImmutableArray<string> Include { get; init; } = [];
    public string? LogLevel { get; init; }

    /// <summary>Days.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>JSON Pointers into the tool call, erased before storage.</summary>
    public ImmutableArray<string> Redact { get; init; } = [];

    /// <summary>Of several policies the longest retention and the union of everything else hold.</summary>
    public static AuditDefinition Combine(IEnumerable<PolicyDefinition> policies)
    {
        var stated = policies.Select(p => p.Audit).OfType<AuditDefinition>().ToList();
        return new AuditDefinition
        {
            Include = [.. stated.SelectMany(a => a.Include).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            RetentionDays = stated.Max(a => a.RetentionDays),
            Redact = [.. stated.SelectMany(a => a.Redact).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }
}
