namespace Guard.Gateway.Storage;

/// <summary>UUIDv7 ids in lower case: they sort by time, and the time is the gateway's clock.</summary>
internal static class Ids
{
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString();

    /// <summary>Exactly the lower-case canonical form: a second spelling of the same id would be a second id to the store.</summary>
    public static bool IsUuidV7(string text) =>
        Guid.TryParseExact(text, "D", out var id) && id.Version == 7 && string.Equals(id.ToString(), text, StringComparison.Ordinal);
}
