using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Guard.Gateway.Hosting;

namespace Guard.Gateway.Audit.Spool;

/// <summary>One line of the gateway's spool: a checksum of the rest, the event, and the workspace it pins.</summary>
internal static class SpooledRecord
{
    private const int ChecksumLength = 16;

    /// <summary>The line with its end.</summary>
    public static byte[] Write(AuditRecord record)
    {
        var entry = JsonSerializer.SerializeToUtf8Bytes(new SpoolEntry(record.Body, record.Pin, record.Leaf.RetentionDays), SpoolEntryJson.Default.SpoolEntry);
        var line = new byte[ChecksumLength + 1 + entry.Length + 1];
        Checksum(entry, line);
        line[ChecksumLength] = (byte)' ';
        entry.CopyTo(line, ChecksumLength + 1);
        line[^1] = (byte)'\n';
        return line;
    }

    /// <returns>Null: it is not what <see cref="Write"/> has written.</returns>
    public static AuditRecord? Read(ReadOnlySpan<byte> line)
    {
        Span<byte> checksum = stackalloc byte[ChecksumLength];
        if (line.Length < ChecksumLength + 2 || line[ChecksumLength] != (byte)' ')
        {
            return null;
        }

        var json = line[(ChecksumLength + 1)..];
        Checksum(json, checksum);
        if (!checksum.SequenceEqual(line[..ChecksumLength]))
        {
            return null;
        }

        var entry = JsonSerializer.Deserialize(json, SpoolEntryJson.Default.SpoolEntry)!;
        var auditEvent = JsonSerializer.Deserialize(entry.Body, GatewayJson.Context.AuditEvent)!;
        return AuditRecord.HandedOver(auditEvent, entry.Retention, entry.Pin);
    }

    private static void Checksum(ReadOnlySpan<byte> bytes, Span<byte> target) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, ChecksumLength / 2)), target);
}

/// <summary>What a line holds.</summary>
/// <param name="Body">The event.</param>
/// <param name="Pin">The workspace it pins.</param>
/// <param name="Retention">Its class; in lines of older versions there is none.</param>
internal sealed record SpoolEntry(string Body, SessionPin? Pin, int Retention = RetentionClass.None);

/// <summary>The spool is this gateway's own file, so its form may change with the program once it is empty.</summary>
[JsonSerializable(typeof(SpoolEntry))]
internal sealed partial class SpoolEntryJson : JsonSerializerContext;
