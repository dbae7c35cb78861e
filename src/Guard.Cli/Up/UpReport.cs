namespace Guard.Cli.Up;

/// <summary>What there is to say after a start.</summary>
internal sealed record UpReport
{
    public required UpState State { get; init; }
    public required bool HasNewAdminKey { get; init; }

    /// <summary>Shown this once; null: it is in a file, or there is no terminal to show it on.</summary>
    public string? AdminKeyToShow { get; init; }
    public bool KeyWasReset { get; init; }

    /// <summary>Never the key: records print themselves into messages.</summary>
    public override string ToString() => State.ToString();
}

/// <summary>The state of the gateway after its start: the result with <c>--json</c>. Holds no key.</summary>
internal sealed record UpState
{
    public required bool FirstStart { get; init; }
    public required string DataFolder { get; init; }

    /// <summary>Which store, with host and database where it has them; never a credential.</summary>
    public required string Store { get; init; }
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Organisation, owner and agent: those that this start made.</summary>
    public string? Organisation { get; init; }
    public string? Owner { get; init; }
    public string? Agent { get; init; }
    public string? HookConfig { get; init; }
    public string? AdminKeyFile { get; init; }
    public required string Bundle { get; init; }
    public required IReadOnlyList<string> Policies { get; init; }
    public string? PolicyProblem { get; init; }
}
