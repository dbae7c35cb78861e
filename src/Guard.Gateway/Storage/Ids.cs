using System.Globalization;

namespace Guard.Gateway.Storage;

/// <summary>UUIDv7 ids in lower case: they sort by time, and the time is the gateway's clock.</summary>
internal static class Ids
{
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString();

    /// <summary>The smallest id of a time.</summary>
    public static string First(DateTimeOffset time)
    {
        var hex = time.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture);
        return $"{hex[..8]}-{hex[8..]}-0000-0000-000000000000";
    }

    /// <summary>Exactly the lower-case canonical form: a second spelling of the same id would be a second id to the store.</summary>
    public static bool IsUuidV7(string text) =>
        Guid.TryParseExact(text, "D", out var id) && id.Version == 7 && string.Equals(id.ToString(), text, StringComparison.Ordinal);
}
