using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Guard.Redaction;

/// <summary>
/// Redacts the parts of one event. First every part is shown to <see cref="Learn(string)"/>; when that found nothing and nothing
/// is to be erased by order, the event stays as it is. Otherwise every part is rewritten. Not for several threads.
/// </summary>
/// <remarks>INVARIANT (failing closed): a part that cannot be read or searched is erased whole.</remarks>
public sealed class JsonRedaction(Redactor redactor)
{
    /// <summary>Pointers reported for one event; further places are erased all the same and stand under the last one, <c>/…</c>.</summary>
    public const int MaxErased = 256;

    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };

    private readonly KnownSecrets _known = new();
    private readonly List<string> _erased = [];

    // A command line stands in an event three times or more: it is searched once.
    private readonly Dictionary<string, IReadOnlyList<SecretSpan>> _searched = new(StringComparer.Ordinal);

    /// <summary>Whether any part has a secret.</summary>
    public bool FoundAny { get; private set; }

    /// <summary>JSON Pointers (RFC 6901) to what was erased, in the order of rewriting.</summary>
    public IReadOnlyList<string> Erased => _erased;

    public void Learn(string? text)
    {
        if (text is { Length: > 0 })
        {
            Learn(text, Search(text));
        }
    }

    /// <summary>A list of words by what shows only where they stand side by side; each alone as well.</summary>
    public void LearnWords(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return;
        }

        Learn(string.Join(' ', words));
        foreach (var word in words)
        {
            Learn(word);
        }
    }

    public void Learn(JsonElement value)
    {
        try
        {
            Learn(value, SecretNameStrength.None);
        }
        catch (InvalidOperationException)
        {
            // A string that is no Unicode text: rewriting erases what holds it.
            FoundAny = true;
        }
    }

    /// <param name="text">A part of the event.</param>
    /// <param name="at">Where it stands in the event.</param>
    public string Rewrite(string text, string at)
    {
        var spans = Spans(text, SecretNameStrength.None);
        if (spans.Count == 0)
        {
            return text;
        }

        Report(at);
        return redactor.Replace(text, spans);
    }

    /// <param name="value">A part of the event.</param>
    /// <param name="at">Where it stands in the event.</param>
    /// <param name="byOrder">JSON Pointers into it that are erased whatever stands there.</param>
    public JsonElement Rewrite(JsonElement value, string at, IReadOnlySet<string> byOrder)
    {
        var reported = _erased.Count;
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, s_writing))
            {
                Write(value, SecretNameStrength.None, new StringBuilder(), new Place(at, byOrder), writer);
            }

            return Parse(buffer.WrittenMemory);
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException or ArgumentException)
        {
            _erased.RemoveRange(reported, _erased.Count - reported);
            return EraseWhole(at, "not-readable");
        }
    }

    /// <summary>A text that is JSON itself; where it cannot be read although something in it is to be erased, all of it is erased.</summary>
    public string RewriteJsonText(string json, string at, IReadOnlySet<string> byOrder)
    {
        var reported = _erased.Count;
        try
        {
            using var document = JsonDocument.Parse(json);
            var rewritten = Rewrite(document.RootElement, at, byOrder).GetRawText();
            if (_erased.Count == reported)
            {
                return json;
            }

            // Places inside of a text have no pointers.
            _erased.RemoveRange(reported, _erased.Count - reported);
            Report(at);
            return rewritten;
        }
        catch (JsonException)
        {
            return Erase(at);
        }
    }

    /// <summary>The strings of a list one by one, and what shows only where they stand side by side: an option and its value.</summary>
    public IReadOnlyList<string> RewriteWords(IReadOnlyList<string> words, string at)
    {
        var joined = string.Join(' ', words);
        var inLine = Spans(joined, SecretNameStrength.None);
        var rewritten = new List<string>(words.Count);
        var start = 0;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            var spans = new List<SecretSpan>(Spans(word, SecretNameStrength.None));
            foreach (var span in inLine)
            {
                var from = Math.Max(span.Start, start);
                var to = Math.Min(span.End, start + word.Length);
                if (from < to)
                {
                    spans.Add(new SecretSpan(from - start, to - from, span.Kind));
                }
            }

            if (spans.Count > 0)
            {
                Report(string.Create(CultureInfo.InvariantCulture, $"{at}/{i}"));
                word = redactor.Replace(word, Redactor.Merge(spans));
            }

            rewritten.Add(word);
            start += words[i].Length + 1;
        }

        return rewritten;
    }

    /// <summary>Erases a part by order.</summary>
    public string Erase(string at)
    {
        Report(at);
        return SecretMarker.Plain("by-policy");
    }

    private void Learn(string text, IReadOnlyList<SecretSpan> spans)
    {
        foreach (var span in spans)
        {
            FoundAny = true;
            _known.Add(text.AsSpan(span.Start, span.Length), span.Kind);
        }
    }

    private void Learn(JsonElement value, SecretNameStrength name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Learn(member.Name);
                    Learn(member.Value, Inherit(name, member.Name));
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Learn(item, name);
                }

                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                Learn(text, OwnSpans(text, name));
                break;
            case JsonValueKind.Number when name == SecretNameStrength.Strong && !IsSmall(value):
                FoundAny = true;
                break;
            default:
                break;
        }
    }

    private void Write(JsonElement value, SecretNameStrength name, StringBuilder path, Place place, Utf8JsonWriter writer)
    {
        if (place.ByOrder.Count > 0 && place.ByOrder.Contains(path.ToString()))
        {
            writer.WriteStringValue(Erase(place.Root + path));
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, name, path, place, writer);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    var length = path.Length;
                    path.Append('/').Append(index++);
                    Write(item, name, path, place, writer);
                    path.Length = length;
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                var spans = Spans(text, name);
                if (spans.Count > 0)
                {
                    Report(place.Root + path);
                    text = redactor.Replace(text, spans);
                }

                writer.WriteStringValue(text);
                break;
            case JsonValueKind.Number when name == SecretNameStrength.Strong && !IsSmall(value):
                Report(place.Root + path);
                writer.WriteStringValue(redactor.Marker.For("secret", value.GetRawText()));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private void WriteObject(JsonElement value, SecretNameStrength name, StringBuilder path, Place place, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var shown = member.Name;
            var spans = Spans(shown, SecretNameStrength.None);
            var length = path.Length;
            if (spans.Count > 0)
            {
                shown = redactor.Replace(shown, spans);
                Report(place.Root + path + "/" + Escape(shown));
            }

            // Two names can become one when what tells them apart is erased.
            for (var i = 2; !names.Add(shown); i++)
            {
                shown = string.Create(CultureInfo.InvariantCulture, $"{redactor.Replace(member.Name, spans)} ({i})");
            }

            path.Append('/').Append(Escape(shown));
            writer.WritePropertyName(shown);
            Write(member.Value, Inherit(name, member.Name), path, place, writer);
            path.Length = length;
        }

        writer.WriteEndObject();
    }

    // What stands below a name of a secret is secret: {"credentials": {"user": ..., "key": ...}}.
    private static SecretNameStrength Inherit(SecretNameStrength parent, string name) =>
        parent == SecretNameStrength.Strong ? parent : SecretName.Of(name);

    // max_token: 4096 is a limit and not a secret.
    private static bool IsSmall(JsonElement number) => number.GetRawText().Length < 6;

    private List<SecretSpan> Spans(string text, SecretNameStrength name)
    {
        if (_known.TooMany && text.Length > 0)
        {
            return [new SecretSpan(0, text.Length, "too-many-secrets")];
        }

        var spans = new List<SecretSpan>(OwnSpans(text, name));
        _known.Find(text, spans);
        return Redactor.Merge(spans);
    }

    private IReadOnlyList<SecretSpan> OwnSpans(string text, SecretNameStrength name) => name switch
    {
        SecretNameStrength.Strong when !SecretValue.IsReference(text) => [new SecretSpan(0, text.Length, "secret")],
        SecretNameStrength.Weak when SecretValue.LooksRandom(text) => [new SecretSpan(0, text.Length, "secret")],
        _ => Search(text),
    };

    private IReadOnlyList<SecretSpan> Search(string text)
    {
        if (!_searched.TryGetValue(text, out var spans))
        {
            spans = redactor.Find(text);
            _searched.Add(text, spans);
        }

        return spans;
    }

    private JsonElement EraseWhole(string at, string kind)
    {
        Report(at);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, s_writing))
        {
            writer.WriteStringValue(SecretMarker.Plain(kind));
        }

        return Parse(buffer.WrittenMemory);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = s_writing.MaxDepth });
        return document.RootElement.Clone();
    }

    private void Report(string place)
    {
        if (_erased.Count < MaxErased)
        {
            _erased.Add(_erased.Count == MaxErased - 1 ? "/…" : place);
        }
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <param name="Root">Pointer to the part in the event.</param>
    /// <param name="ByOrder">Pointers into the part.</param>
    private sealed record Place(string Root, IReadOnlySet<string> ByOrder);
}
