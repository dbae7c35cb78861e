using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

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

    /// <summary>The time in an id.</summary>
    public static DateTimeOffset TimeOf(string id) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) << 16
        | long.Parse(id.AsSpan(9, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>The id that follows from a time and a name: who makes an event of the same name again makes the same id.</summary>
    public static string Of(DateTimeOffset time, string name)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (time.ToUnixTimeMilliseconds() << 16) | (BinaryPrimitives.ReadInt64BigEndian(bytes) & 0x0FFF) | 0x7000);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true).ToString();
    }

    /// <summary>Exactly the lower-case canonical form: a second spelling of the same id would be a second id to the store.</summary>
    public static bool IsUuidV7(string text) =>
        Guid.TryParseExact(text, "D", out var id) && id.Version == 7 && string.Equals(id.ToString(), text, StringComparison.Ordinal);
}
