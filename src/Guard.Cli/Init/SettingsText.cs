using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;

namespace Guard.Cli.Init;

/// <summary>
/// A settings file read leniently: comments, trailing commas and repeated keys are read over and noted, because the
/// client would drop the whole file for the first two and a rewrite would lose all three.
/// </summary>
internal sealed class SettingsText
{
    private const int MaxDepth = 64;

    private readonly byte[] _bytes;
    private readonly List<SettingsDefect> _defects = [];
    private readonly Dictionary<string, long> _places = new(StringComparer.Ordinal);

    private SettingsText(byte[] bytes) => _bytes = bytes;

    /// <summary>Null when the text is not one JSON object; <see cref="Defects"/> then says where and why.</summary>
    public JsonObject? Root { get; private set; }

    public IReadOnlyList<SettingsDefect> Defects => _defects;

    /// <summary>Reads a file's bytes. An empty file means no settings, as it does to the client.</summary>
    public static SettingsText Read(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        var text = new SettingsText(bytes);
        text.Parse();
        return text;
    }

    /// <summary>Line and column, from 1, of the value at a path such as <c>/hooks/PreToolUse/0</c>, or of what holds it.</summary>
    public (int Line, int Column) PlaceOf(string path)
    {
        for (var at = path; ; at = at[..at.LastIndexOf('/')])
        {
            if (_places.TryGetValue(at, out var offset)) return LineAndColumn(offset);
            if (at.Length == 0) return (1, 1);
        }
    }

    private void Parse()
    {
        if (FindInvalidUtf8() is { } invalid)
        {
            Note(invalid, "this is not UTF-8 text", repair: null);
            return;
        }

        if (_bytes.All(b => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            Root = [];
            return;
        }

        var cursor = new Cursor(_bytes);
        try
        {
            cursor.Next(this);
            var root = ReadValue(ref cursor, "");
            if (cursor.Next(this)) throw new JsonException("text after the end of the object");
            if (root is JsonObject settings)
                Root = settings;
            else
                Note(_places[""], "the file must hold one JSON object", repair: null);
        }
        catch (JsonException e)
        {
            Note(cursor.Position, "this is not JSON: " + WithoutPosition(e.Message), repair: null);
        }
        catch (InvalidOperationException e)
        {
            // A string with a lone surrogate escape has no text.
            Note(cursor.Position, "this is not JSON text: " + e.Message, repair: null);
        }
    }

    private JsonNode? ReadValue(ref Cursor cursor, string path)
    {
        _places[path] = cursor.Start;
        switch (cursor.Reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref cursor, path);
            case JsonTokenType.StartArray:
                var array = new JsonArray();
                while (cursor.Next(this) && cursor.Reader.TokenType != JsonTokenType.EndArray)
                    array.Add(ReadValue(ref cursor, $"{path}/{array.Count}"));
                return array;
            case JsonTokenType.String:
                return JsonValue.Create(cursor.Reader.GetString());
            case JsonTokenType.Number:
                // Parsed from its own text, so that 1.0 stays 1.0.
                return JsonNode.Parse(cursor.Reader.ValueSpan);
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            default:
                return null;
        }
    }

    private JsonObject ReadObject(ref Cursor cursor, string path)
    {
        var result = new JsonObject();
        while (cursor.Next(this) && cursor.Reader.TokenType != JsonTokenType.EndObject)
        {
            var key = cursor.Reader.GetString()!;
            var keyStart = cursor.Start;
            cursor.Next(this);
            var value = ReadValue(ref cursor, SettingsFault.PathOf(path, key));
            if (result.ContainsKey(key)) Note(keyStart, $"the key `{key}` stands here a second time; the client uses this one alone", "keeps this one");
            result[key] = value;
        }

        return result;
    }

    private void Note(long offset, string message, string? repair)
    {
        var (line, column) = LineAndColumn(offset);
        _defects.Add(new SettingsDefect(line, column, message, repair));
    }

    private (int Line, int Column) LineAndColumn(long offset)
    {
        var before = _bytes.AsSpan(0, (int)Math.Min(offset, _bytes.Length));
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private int? FindInvalidUtf8()
    {
        var rest = _bytes.AsSpan();
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf8(rest, out _, out var length) != System.Buffers.OperationStatus.Done) return _bytes.Length - rest.Length;
            rest = rest[length..];
        }

        return null;
    }

    private static string WithoutPosition(string message)
    {
        var at = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (at < 0 ? message : message[..at]).TrimEnd('.');
    }

    /// <summary>Steps over tokens, noting comments and trailing commas on the way.</summary>
    private ref struct Cursor
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private long _end;
        private bool _comma;

        public Utf8JsonReader Reader;

        public Cursor(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes;
            Reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Allow, MaxDepth = MaxDepth });
        }

        /// <summary>Where the current token begins.</summary>
        public readonly long Start => Reader.TokenStartIndex;

        /// <summary>Where reading stopped: the first byte that is not blank after the last good token.</summary>
        public readonly long Position
        {
            get
            {
                var at = (int)_end;
                while (at < _bytes.Length && _bytes[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',') at++;
                return at;
            }
        }

        public bool Next(SettingsText owner)
        {
            while (Reader.Read())
            {
                var gap = _bytes[(int)_end..(int)Reader.TokenStartIndex];
                var comma = gap.IndexOf((byte)',');
                var commaAt = comma < 0 ? -1 : _end + comma;
                _end = Reader.BytesConsumed;
                if (Reader.TokenType == JsonTokenType.Comment)
                {
                    owner.Note(Reader.TokenStartIndex, "there is a comment here, for which the client drops the whole file", "takes the comment out");
                    _comma |= comma >= 0;
                    continue;
                }

                if (Reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && (_comma || comma >= 0))
                    owner.Note(commaAt < 0 ? Reader.TokenStartIndex : commaAt, "there is a comma before a closing bracket, for which the client drops the whole file", "takes the comma out");
                _comma = false;
                return true;
            }

            return false;
        }
    }
}
