using System.Globalization;
using System.Text;
using Guard.Protocol;

namespace Guard.Client;

/// <summary>Which audit events are wanted. Absent members do not restrict.</summary>
public sealed record AuditFilter
{
    public string? Agent { get; init; }
    public string? Action { get; init; }

    /// <summary>An effect: allow, ask, approve or deny.</summary>
    public string? Decision { get; init; }
    public string? Tool { get; init; }
    public string? Session { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public string? Trace { get; init; }

    /// <summary>What the event is, see <see cref="AuditKinds"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>Only events of this time and later, to the millisecond.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only events before this time, to the millisecond.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Largest number of events in one page. Absent: the gateway's choice.</summary>
    public int? Limit { get; init; }

    /// <summary>Only events before this position, exclusive.</summary>
    public long? Before { get; init; }

    /// <summary>Only events after this position, exclusive.</summary>
    public long? After { get; init; }

    internal string ToQuery()
    {
        var query = new StringBuilder();
        Add("agent", Agent);
        Add("action", Action);
        Add("decision", Decision);
        Add("tool", Tool);
        Add("session", Session);
        Add("policy", Policy);
        Add("rule", Rule);
        Add("trace", Trace);
        Add("kind", Kind);
        Add("from", From is { } from ? AuditTime.ToWire(from) : null);
        Add("to", To is { } to ? AuditTime.ToWire(to) : null);
        Add("limit", Limit?.ToString(CultureInfo.InvariantCulture));
        Add("before", Before?.ToString(CultureInfo.InvariantCulture));
        Add("after", After?.ToString(CultureInfo.InvariantCulture));
        return query.ToString();

        void Add(string name, string? value)
        {
            if (value is null) return;
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
