using System.Globalization;
using System.Text.Json;
using Guard.Proof.Tree;

namespace Guard.Proof.Log;

/// <summary>
/// Verifies an export of the record line by line: every event against its leaf, every leaf against the log's tree, the tree against
/// signed heads, and that what has no body was erased or has expired by an event that says so of its very retention.
/// </summary>
/// <remarks>
/// Memory does not grow with the record; it holds one id for each erased event.
/// INVARIANT (a removal outlives what says it never): an event that says a removal has the retention of what it says is gone. So it
/// only goes behind a newer expiry of the same retention, which covers all that it covered.
/// </remarks>
public sealed class ExportVerifier
{
    private const string EraseOperation = "audit.erase";
    private const string ExpireOperation = "audit.expire";

    private readonly LogVerifier _log;
    private readonly Dictionary<Guid, (long Index, int Days)> _erased = [];

    // By retention: before which time events say that it has ended, and the youngest event that is said to have expired.
    private readonly Dictionary<int, long> _expiredBefore = [];
    private readonly Dictionary<int, (long Time, Guid Id, long Index)> _lastExpired = [];
    private bool _ended;

    /// <param name="heads">Size and root of checkpoints whose signatures were verified.</param>
    public ExportVerifier(IEnumerable<(long Size, MerkleHash Root)> heads) => _log = new LogVerifier(heads, static _ => null);

    /// <summary>The next lines behind the header, without their newlines.</summary>
    /// <exception cref="ProofFormatException">A line is not one of an export.</exception>
    public void Add(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        var looked = new Looked[lines.Count];
        if (_log.HasFailed)
        {
            for (var i = 0; i < looked.Length; i++)
            {
                looked[i] = Look(lines[i], isCounting: true);
            }
        }
        else
        {
            try
            {
                Parallel.For(0, lines.Count, i => looked[i] = Look(lines[i], isCounting: false));
            }
            catch (AggregateException exception) when (exception.InnerException is ProofFormatException damaged)
            {
                throw new ProofFormatException(damaged.Message, damaged);
            }
        }

        foreach (var line in looked)
        {
            Add(line);
        }
    }

    /// <summary>After the last line.</summary>
    /// <exception cref="ProofFormatException">The export is cut.</exception>
    public LogVerdict Finish()
    {
        if (!_ended)
        {
            throw new ProofFormatException("The export has no end: it was cut.");
        }

        foreach (var (id, (index, days)) in _erased.OrderBy(static erased => erased.Value.Index))
        {
            // The event that says so can have expired itself; then what it erased has, too.
            if (!HasExpired(TimeOf(id), days))
            {
                _log.Fail($"Event {id} at index {index} has no body, and no event says that it was erased: it was removed.", index);
            }
        }

        foreach (var (days, last) in _lastExpired.OrderBy(static expired => expired.Value.Index))
        {
            if (!HasExpired(last.Time, days))
            {
                _log.Fail($"Event {last.Id} at index {last.Index} has no body, and no event says that its retention has ended: it was removed.", last.Index);
            }
        }

        return _log.Finish();
    }

    private static Looked Look(ReadOnlyMemory<byte> line, bool isCounting)
    {
        switch (LogExportReader.KindOf(line.Span))
        {
            case LogExportLine.Entry:
                var entry = LogExportReader.Parse(line);
                var contradiction = isCounting ? null : LogVerifier.Contradiction(entry.Event);
                return new Looked(LogExportLine.Entry)
                {
                    Entry = entry with { Event = entry.Event with { Json = default, Salt = default } },
                    LeafHash = entry.Event.Leaf.Hash(),
                    Contradiction = contradiction ?? (entry.ChangedColumn is { } column ? $"says another `{column}` in its columns than in itself, which misleads lists: it was changed" : null),
                    Removal = contradiction is null ? RemovalOf(entry.Event.Json.Span) : null,
                };
            case LogExportLine.Stray:
                return new Looked(LogExportLine.Stray) { Text = LogExportReader.StrayId(line.Span) };
            case LogExportLine.End:
                return new Looked(LogExportLine.End) { Count = LogExportReader.End(line.Span) };
            default:
                throw new ProofFormatException("The export has a second header.");
        }
    }

    private void Add(Looked line)
    {
        if (_ended)
        {
            throw new ProofFormatException("The export goes on behind its end.");
        }

        switch (line.Kind)
        {
            case LogExportLine.Stray:
                _log.Fail($"Event {line.Text} has a row and no place in the log: it was inserted.", _log.Size);
                break;
            case LogExportLine.End:
                _ended = true;
                if (line.Count != _log.Size)
                {
                    throw new ProofFormatException($"The export has {_log.Size} events and says that it has {line.Count}: it was cut.");
                }

                break;
            default:
                Add(line.Entry!, line);
                break;
        }
    }

    private void Add(LogExportEntry entry, Looked line)
    {
        var (id, days, index) = (entry.Event.Leaf.Id, entry.Event.Leaf.RetentionDays, _log.Size);
        if (entry.Event.State == BodyState.Erased)
        {
            _erased.TryAdd(id, (index, days));
        }
        else if (entry.Event.State == BodyState.Expired && (!_lastExpired.TryGetValue(days, out var last) || TimeOf(id) > last.Time))
        {
            _lastExpired[days] = (TimeOf(id), id, index);
        }

        switch (line.Removal)
        {
            case { Erased: { } erased }:
                _erased.Remove(erased);
                break;
            case { Expired: { } expired }:
                _expiredBefore[expired.RetentionDays] = Math.Max(_expiredBefore.GetValueOrDefault(expired.RetentionDays), expired.Before);
                break;
        }

        _log.Add(entry.Event, line.LeafHash, entry.Logged, line.Contradiction);
    }

    private bool HasExpired(long time, int days) => time < _expiredBefore.GetValueOrDefault(days);

    // Of a UUIDv7, in milliseconds since 1970-01-01 UTC.
    private static long TimeOf(Guid id) => long.Parse(id.ToString("N", CultureInfo.InvariantCulture).AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // Only of bodies that are what was recorded: whoever can have such an event recorded administers.
    private static Removal? RemovalOf(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\"audit.e"u8) < 0)
        {
            return null;
        }

        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || Text(document.RootElement, "kind") != "administration"
            || !document.RootElement.TryGetProperty("change", out var change)
            || change.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var target = Text(change, "target");
        return Text(change, "operation") switch
        {
            EraseOperation when Guid.TryParse(target, out var erased) => new Removal(erased, null),
            ExpireOperation when ExpiryTarget.TryParse(target, out var expired) => new Removal(null, expired),
            _ => null,
        };
    }

    private static string? Text(JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>A line as far as it can be looked at by itself.</summary>
    private sealed record Looked(LogExportLine Kind)
    {
        public LogExportEntry? Entry { get; init; }
        public MerkleHash LeafHash { get; init; }
        public string? Contradiction { get; init; }
        public Removal? Removal { get; init; }
        public string? Text { get; init; }
        public long Count { get; init; }
    }

    /// <summary>What an event says was removed.</summary>
    private sealed record Removal(Guid? Erased, ExpiryTarget? Expired);
}
