namespace Guard.Gateway.Storage;

/// <summary>How often policies and keys have changed since the store was made. Equal numbers: nothing has changed.</summary>
internal sealed record Generations
{
    public const string Sql = "SELECT policies AS Policies, keys AS Keys FROM store_state";

    public long Policies { get; init; }
    public long Keys { get; init; }
}
