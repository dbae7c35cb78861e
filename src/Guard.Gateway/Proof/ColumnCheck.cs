using System.Text.Json;

namespace Guard.Gateway.Proof;

/// <summary>
/// Holds the columns that lists filter by against the event itself. The log commits to the event; a changed column would hide
/// it from lists and leave it whole.
/// </summary>
internal static class ColumnCheck
{
    private const int ResourceLength = 500;

    private static readonly (string Member, Func<LogBodyRow, string?> Column)[] Texts =
    [
        ("id", static row => row.Id),
        ("kind", static row => row.Kind),
        ("organisation", static row => row.Organisation),
        ("owner", static row => row.Owner),
        ("agentId", static row => row.AgentId),
        ("agentName", static row => row.AgentName),
        ("sessionId", static row => row.SessionId),
        ("traceId", static row => row.TraceId),
        ("toolUseId", static row => row.ToolUseId),
        ("tool", static row => row.Tool),
        ("action", static row => row.Action),
        ("effect", static row => row.Effect),
        ("policy", static row => row.Policy),
        ("rule", static row => row.Rule),
    ];

    /// <param name="row">As stored.</param>
    /// <param name="body">Its body in UTF-8.</param>
    /// <param name="hasCallColumns">Whether the store has columns for answer and resource.</param>
    /// <returns>The first member whose column says something else; null: none, or the body is no event, which the commitment shows.</returns>
    public static string? Difference(LogBodyRow row, ReadOnlySpan<byte> body, bool hasCallColumns)
    {
        Span<bool> seen = stackalloc bool[Texts.Length + 2];
        seen.Clear();
        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var at = Find(ref reader);
                reader.Read();
                if (at < 0)
                {
                    reader.Skip();
                }
                else if (at < Texts.Length)
                {
                    seen[at] = true;
                    if (!Equal(ref reader, Texts[at].Column(row)))
                    {
                        return Texts[at].Member;
                    }
                }
                else if (at < Texts.Length + 2)
                {
                    seen[at] = true;
                    if (hasCallColumns && !(at == Texts.Length ? Equal(ref reader, row.Answer) : EqualCut(ref reader, row.Resource)))
                    {
                        return at == Texts.Length ? "answer" : "resource";
                    }
                }
                else if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var time) || time.ToUnixTimeMilliseconds() != row.Time)
                {
                    return "time";
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }

        for (var i = 0; i < Texts.Length; i++)
        {
            if (!seen[i] && Texts[i].Column(row) is not null)
            {
                return Texts[i].Member;
            }
        }

        return hasCallColumns && ((!seen[Texts.Length] && row.Answer is not null) || (!seen[Texts.Length + 1] && row.Resource is not null)) ? "answer" : null;
    }

    private static int Find(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < Texts.Length; i++)
        {
            if (reader.ValueTextEquals(Texts[i].Member))
            {
                return i;
            }
        }

        return reader.ValueTextEquals("answer"u8) ? Texts.Length : reader.ValueTextEquals("resource"u8) ? Texts.Length + 1 : reader.ValueTextEquals("time"u8) ? Texts.Length + 2 : -1;
    }

    private static bool Equal(ref Utf8JsonReader reader, string? column) =>
        column is not null && reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals(column) || Storable(reader.GetString()!) == column);

    private static bool EqualCut(ref Utf8JsonReader reader, string? column)
    {
        if (Equal(ref reader, column) || column is null || reader.TokenType != JsonTokenType.String)
        {
            return column is not null && reader.TokenType == JsonTokenType.String;
        }

        return column.Length >= ResourceLength - 1 && Storable(reader.GetString()!).StartsWith(column, StringComparison.Ordinal);
    }

    // PostgreSQL holds no NUL in its columns.
    private static string Storable(string text) => text.Replace('\0', '\uFFFD');
}
