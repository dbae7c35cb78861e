using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Guard.Proof.Leaves;
using Guard.Proof.Tree;

namespace Guard.Proof.Log;

/// <summary>What a line of an export is.</summary>
public enum LogExportLine
{
    /// <summary>The first one: what the log is, as a JSON object.</summary>
    Header,

    /// <summary>A leaf, with its event.</summary>
    Entry,

    /// <summary>A body that no leaf stands for; what it holds is shown to nobody.</summary>
    Stray,

    /// <summary>The last one.</summary>
    End,
}

/// <summary>
/// The form of an export of the record for verification: JSON Lines. The first line says what the log is, each further one is a leaf
/// in the order of the log, the last one counts them.
/// </summary>
/// <remarks>
/// <code>
/// {"guard":"audit-export.v1","log":{...}}
/// {"leaf":"BASE64","logged":"BASE64","state":"present","salt":"BASE64","event":{...}}
/// {"end":2}
/// </code>
/// The members of an entry stand in this order, and <c>event</c> is last: everything up to the closing brace is the event, whatever
/// it holds. So a stored text that is no JSON cannot pass for other members.
/// </remarks>
public static class LogExportReader
{
    public const string HeaderStart = "{\"guard\":\"audit-export.v1\",\"log\":";
    public const string EndStart = "{\"end\":";

    /// <summary>Of one line, in bytes: an event and a little more.</summary>
    public const int MaxLine = 16 << 20;

    private const string StrayStart = "{\"stray\":\"";
    private const string Unprintable = "\"unreadable\"";

    private static ReadOnlySpan<byte> LeafStart => "{\"leaf\":\""u8;

    private static ReadOnlySpan<byte> LoggedStart => "\",\"logged\":\""u8;

    private static ReadOnlySpan<byte> StateStart => "\",\"state\":\""u8;

    private static ReadOnlySpan<byte> ColumnStart => "\",\"column\":\""u8;

    private static ReadOnlySpan<byte> SaltStart => "\",\"salt\":\""u8;

    private static ReadOnlySpan<byte> EventStart => "\",\"event\":"u8;

    public static LogExportLine KindOf(ReadOnlySpan<byte> line) =>
        line.StartsWith(LeafStart) ? LogExportLine.Entry
        : line.StartsWith("{\"end\":"u8) ? LogExportLine.End
        : line.StartsWith("{\"stray\":"u8) ? LogExportLine.Stray
        : line.StartsWith("{\"guard\":\"audit-export.v1\",\"log\":"u8) ? LogExportLine.Header
        : throw new ProofFormatException("A line of the export is none that this version knows. Is it an export for verification, and whole?");

    /// <summary>The JSON object of the first line.</summary>
    public static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> line) => line[HeaderStart.Length..^1];

    /// <summary>The count of the last line.</summary>
    public static long End(ReadOnlySpan<byte> line) =>
        line[^1] == '}' && long.TryParse(line[EndStart.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw Damaged();

    /// <summary>A line, with its newline.</summary>
    public static byte[] Stray(string id) => Encoding.UTF8.GetBytes($"{StrayStart}{JsonEncodedText.Encode(id)}\"}}\n");

    /// <summary>The id of a stray body, if it is one.</summary>
    public static string StrayId(ReadOnlySpan<byte> line) =>
        line.Length > StrayStart.Length + 2 && Guid.TryParse(Encoding.UTF8.GetString(line[StrayStart.Length..^2]), out var id) ? id.ToString() : "without a valid id";

    /// <summary>A line, with its newline.</summary>
    public static byte[] Entry(LogExportEntry entry)
    {
        var stored = entry.Event;
        var line = new ArrayBufferWriter<byte>(512 + stored.Json.Length);
        line.Write(LeafStart);
        Write64(line, stored.Leaf.ToArray());
        if (entry.Logged is { } logged)
        {
            line.Write(LoggedStart);
            Write64(line, logged.ToArray());
        }

        line.Write(StateStart);
        line.Write(stored.State switch { BodyState.Erased => "erased"u8, BodyState.Expired => "expired"u8, _ => "present"u8 });
        if (entry.ChangedColumn is { } column)
        {
            line.Write(ColumnStart);
            line.Write(Encoding.ASCII.GetBytes(column));
        }

        if (!stored.Salt.IsEmpty)
        {
            line.Write(SaltStart);
            Write64(line, stored.Salt.Span);
        }

        if (stored.Json.IsEmpty)
        {
            line.Write("\"}\n"u8);
            return line.WrittenSpan.ToArray();
        }

        line.Write(EventStart);
        // A line end stands in no event that was recorded: it is escaped there.
        line.Write(stored.Json.Span.ContainsAny((byte)'\n', (byte)'\r') ? Encoding.ASCII.GetBytes(Unprintable) : stored.Json.Span);
        line.Write("}\n"u8);
        return line.WrittenSpan.ToArray();
    }

    /// <param name="line">Without its newline. The entry refers to it.</param>
    /// <exception cref="ProofFormatException">Not a line as <see cref="Entry"/> writes it.</exception>
    public static LogExportEntry Parse(ReadOnlyMemory<byte> line)
    {
        var rest = line.Span[LeafStart.Length..];
        var leaf = TakeLeaf(ref rest);
        MerkleHash? logged = null;
        if (Skip(ref rest, LoggedStart))
        {
            logged = new MerkleHash(Take64(ref rest, MerkleHash.Length));
        }

        if (!Skip(ref rest, StateStart))
        {
            throw Damaged();
        }

        var state = Take(ref rest) switch { "present" => BodyState.Present, "erased" => BodyState.Erased, "expired" => BodyState.Expired, _ => throw Damaged() };
        var column = Skip(ref rest, ColumnStart) ? Take(ref rest) : null;
        var salt = Skip(ref rest, SaltStart) ? Take64(ref rest, EventLeaf.SaltLength) : [];
        if (Skip(ref rest, EventStart))
        {
            return rest is [.., (byte)'}'] ? new LogExportEntry(new StoredEvent(leaf, line[^rest.Length..^1], salt, state), logged, column) : throw Damaged();
        }

        return rest.SequenceEqual("\"}"u8) ? new LogExportEntry(new StoredEvent(leaf, default, salt, state), logged, column) : throw Damaged();
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> start)
    {
        if (!rest.StartsWith(start))
        {
            return false;
        }

        rest = rest[start.Length..];
        return true;
    }

    private static string Take(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'"');
        if (end is < 0 or > 32)
        {
            throw Damaged();
        }

        var text = Encoding.ASCII.GetString(rest[..end]);
        rest = rest[end..];
        return text;
    }

    private static EventLeaf TakeLeaf(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'"');
        if (end < 0 || end > (EventLeaf.MaxDataLength + 2) / 3 * 4 || !StrictBase64.TryDecode(Encoding.ASCII.GetString(rest[..end]), EventLeaf.MaxDataLength, out var data))
        {
            throw Damaged();
        }

        rest = rest[end..];
        return EventLeaf.Parse(data);
    }

    private static byte[] Take64(ref ReadOnlySpan<byte> rest, int length)
    {
        var end = (length + 2) / 3 * 4;
        if (rest.Length < end || !StrictBase64.TryDecode(Encoding.ASCII.GetString(rest[..end]), length, out var bytes) || bytes.Length != length)
        {
            throw Damaged();
        }

        rest = rest[end..];
        return bytes;
    }

    private static void Write64(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> bytes) => line.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));

    private static ProofFormatException Damaged() => new("A line of the export is damaged.");
}
