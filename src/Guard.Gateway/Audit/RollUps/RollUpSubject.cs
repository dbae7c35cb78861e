using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>
/// The subject of a count as one text: a JSON array, so that none and empty differ, parts cannot run into each other, and
/// whatever an agent wrote is stored alike by every store.
/// </summary>
internal static class RollUpSubject
{
    private const int DigestCharacters = 32;

    public static string Of(params ReadOnlySpan<string?> parts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var part in parts)
            {
                writer.WriteStringValue(part);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static IReadOnlyList<string?> Parts(string subject)
    {
        using var document = JsonDocument.Parse(subject);
        return [.. document.RootElement.EnumerateArray().Select(static part => part.GetString())];
    }

    /// <summary>Stands for the subject in keys, because an index of PostgreSQL takes no text of any length.</summary>
    public static string Digest(string subject) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))[..DigestCharacters];
}
