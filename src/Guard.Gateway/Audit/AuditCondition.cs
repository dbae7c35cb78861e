namespace Guard.Gateway.Audit;

/// <summary>One condition of a list of events.</summary>
/// <param name="Sql">Holds no input: values are parameters.</param>
internal sealed record AuditCondition(string Sql)
{
    /// <summary>The index that holds what passes, in the order of positions; null: none does.</summary>
    public string? Index { get; init; }

    /// <summary>It names the few positions that pass, so a list reads those.</summary>
    public bool NamesPositions { get; init; }

    /// <summary>It is about positions alone, so every index can answer it.</summary>
    public bool IsPosition { get; init; }
}
