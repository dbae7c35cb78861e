namespace Guard.Gateway.Tests.Stores;

/// <summary>The stores that every test about the store runs over.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}
