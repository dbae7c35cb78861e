using System.Buffers;
using System.Text;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>Numbers made from groups of events.</summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class RollUpCells
{
    private readonly Dictionary<RollUpCell, RollUpCount> _cells = [];

    /// <summary>Events of every kind.</summary>
    public long Events { get; private set; }

    /// <summary>The times of the first and the last event; null: there is none.</summary>
    public long? Earliest { get; private set; }

    /// <inheritdoc cref="Earliest"/>
    public long? Latest { get; private set; }

    /// <param name="groups">What is counted.</param>
    /// <param name="sign">-1: what is taken away.</param>
    public void Add(IEnumerable<EventGroup> groups, int sign = 1)
    {
        foreach (var group in groups)
        {
            Add(group, sign);
        }
    }

    /// <summary>The numbers of a dimension by hours; an hour of a subject as often as its events have retentions.</summary>
    public IEnumerable<(long Hour, string Subject, RollUpCount Count)> Hours(string dimension) =>
        _cells.Where(cell => cell.Key.Level == RollUpLevels.Hour && cell.Key.Dimension == dimension).Select(static cell => (cell.Key.Slot, cell.Key.Subject, cell.Value));

    /// <summary>All numbers as rows for the store.</summary>
    public string ToJson() => Json(_cells);

    /// <summary>The numbers of dimensions over all times and retentions.</summary>
    public string ToJson(IReadOnlyList<string> dimensions) => Json(dimensions.SelectMany(dimension => Hours(dimension)
        .GroupBy(static hour => hour.Subject, StringComparer.Ordinal)
        .Select(subject => KeyValuePair.Create(new RollUpCell(RollUpLevels.Hour, 0, dimension, subject.Key, RetentionClass.None), subject.Aggregate(default(RollUpCount), static (sum, hour) => sum + hour.Count)))));

    private void Add(EventGroup group, int sign)
    {
        var count = group.Count * sign;
        Events += count;
        Earliest = Math.Min(Earliest ?? group.First, group.First);
        Latest = Math.Max(Latest ?? group.Last, group.Last);
        Add(group, RollUpDimensions.Kind, RollUpSubject.Of(group.Kind), new RollUpCount(count, 0));
        if (group.Kind != AuditKinds.Decision)
        {
            return;
        }

        var isDenied = group.Effect == Effects.Deny;
        var decisions = new RollUpCount(count, isDenied ? count : 0);
        Add(group, RollUpDimensions.Effect, RollUpSubject.Of(group.Effect), decisions);
        Add(group, RollUpDimensions.Agent, RollUpSubject.Of(group.AgentId, group.AgentName), decisions);
        Add(group, RollUpDimensions.Tool, RollUpSubject.Of(group.Tool), decisions);
        if (group.NotEnforced > 0)
        {
            Add(group, RollUpDimensions.NotEnforced, RollUpSubject.Of(), new RollUpCount(group.NotEnforced * sign, 0));
        }

        if (isDenied)
        {
            Add(group, RollUpDimensions.Rule, RollUpSubject.Of(group.Policy, group.Rule), decisions);
            Add(group, RollUpDimensions.Resource, RollUpSubject.Of(group.Action, group.Resource), decisions);
        }
    }

    private void Add(EventGroup group, string dimension, string subject, RollUpCount count)
    {
        var cell = new RollUpCell(RollUpLevels.Hour, group.Hour, dimension, subject, group.RetentionDays);
        Add(cell, count);
        Add(cell with { Level = RollUpLevels.Day, Slot = RollUpTime.Day(group.Hour) }, count);
        Add(cell with { Level = RollUpLevels.Month, Slot = RollUpTime.Month(group.Hour) }, count);
    }

    private void Add(RollUpCell cell, RollUpCount count) => _cells[cell] = _cells.GetValueOrDefault(cell) + count;

    private static string Json(IEnumerable<KeyValuePair<RollUpCell, RollUpCount>> cells)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var (cell, count) in cells)
            {
                writer.WriteStartObject();
                writer.WriteNumber("level"u8, cell.Level);
                writer.WriteNumber("slot"u8, cell.Slot);
                writer.WriteString("dimension"u8, cell.Dimension);
                writer.WriteString("digest"u8, RollUpSubject.Digest(cell.Subject));
                writer.WriteString("subject"u8, cell.Subject);
                writer.WriteNumber("count"u8, count.Count);
                writer.WriteNumber("denied"u8, count.Denied);
                writer.WriteNumber("retention_days"u8, cell.RetentionDays);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
