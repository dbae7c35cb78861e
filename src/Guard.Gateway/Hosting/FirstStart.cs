namespace Guard.Gateway.Hosting;

/// <summary>
/// What the first start created. The keys are shown here and never again; who loses them makes new ones with
/// <see cref="Credentials"/>.
/// </summary>
public sealed record FirstStart
{
    public required string Organisation { get; init; }
    public required string Owner { get; init; }
    public required string AgentId { get; init; }
    public required string AgentName { get; init; }

    /// <summary>For the hook: decides and reports.</summary>
    public required string AgentKey { get; init; }

    /// <summary>For people: administers. Does not belong where an agent runs.</summary>
    public required string AdminKey { get; init; }

    /// <summary>Never the keys: records print themselves into logs and messages.</summary>
    public override string ToString() => $"organisation {Organisation}, owner {Owner}, agent {AgentName}";
}
