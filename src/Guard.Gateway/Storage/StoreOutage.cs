namespace Guard.Gateway.Storage;

/// <summary>The store cannot be reached, so nobody knows which policies and keys are in force.</summary>
/// <param name="Since">When that was first noticed.</param>
/// <param name="Reason">What the last try said.</param>
internal sealed record StoreOutage(DateTimeOffset Since, string Reason);
