using System.Text.Json;
using Guard.Protocol;

namespace Guard.Hook.Gateway;

/// <summary>Reads the gateway's answers. What is missing, double or of another type makes the whole answer worthless.</summary>
internal static class AnswerReader
{
    private const string Granted = "granted";

    /// <exception cref="HookFailure">It is no decision on this request.</exception>
    public static DecisionResponse Decision(ReadOnlySpan<byte> json, string traceId, bool auditAsked)
    {
        var members = Members(json, "decision");
        var version = members.Version;
        if (version != Wire.Version) throw Broken("decision", "it is of another version; update guard-hook and the gateway together");
        if (members.Require("traceId") != traceId) throw Broken("decision", "it belongs to another request");
        if (members.Require("mode") == Modes.Audit && !auditAsked) throw Broken("decision", "it is only recorded, and this hook is set to enforce");
        // In audit mode alone may the answer be milder than what policy decided.
        if (members.Require("answer") == Effects.Allow && members.Require("effect") != Effects.Allow && members.Require("mode") != Modes.Audit)
        {
            throw Broken("decision", "it allows what policy does not");
        }

        return new DecisionResponse
        {
            Version = Wire.Version,
            TraceId = traceId,
            EventId = members.Require("eventId"),
            Answer = members.Require("answer"),
            Effect = members.Require("effect"),
            Granted = members.Granted ?? throw Broken("decision", "`granted` is missing"),
            Mode = members.Require("mode"),
            Message = members.Require("message"),
            Walk = members.Walk,
        };
    }

    /// <exception cref="HookFailure">The gateway did not take the report.</exception>
    public static void Outcome(ReadOnlySpan<byte> json)
    {
        var members = Members(json, "answer");
        members.Require("eventId");
    }

    /// <exception cref="HookFailure">The gateway did not settle so many lines.</exception>
    public static void Spooled(ReadOnlySpan<byte> json, int lines)
    {
        var members = Members(json, "answer");
        if (members.Version != Wire.Version || members.Lines != lines) throw Broken("answer", "it does not settle the lines that were handed over");
    }

    /// <summary>The sentence of a refusal, cleaned; null where the body is none.</summary>
    public static string? Problem(ReadOnlySpan<byte> json)
    {
        try
        {
            var members = Members(json, "refusal");
            var detail = members.Find("detail") ?? members.Find("title");
            var code = members.Find("code");
            if (detail is null && code is null) return null;
            return DisplayText.Clean((code is null ? "" : code + ": ") + (detail ?? ""), 600).TrimEnd(' ', '.', ':');
        }
        catch (HookFailure)
        {
            // A refusal stays one, whatever its body is.
            return null;
        }
    }

    private static AnswerMembers Members(ReadOnlySpan<byte> json, string what)
    {
        var members = new AnswerMembers(what);
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Broken(what, "it is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) members.Add(name, reader.GetString()!);
                else if (name == "version" && reader.TryGetInt32(out var version)) members.Version = version;
                else if (name == "lines" && reader.TryGetInt32(out var lines)) members.Lines = lines;
                else if (name == Granted && reader.TokenType is JsonTokenType.True or JsonTokenType.False) members.SetGranted(reader.TokenType == JsonTokenType.True);
                else if (name == "walk" && reader.TokenType == JsonTokenType.StartObject) members.SetWalk(Walk(ref reader));
                else reader.Skip();
            }

            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Broken(what, "it is not valid JSON");
        }

        return members;
    }

    private static WalkNames Walk(ref Utf8JsonReader reader)
    {
        string? id = null;
        List<string>? names = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "id" && reader.TokenType == JsonTokenType.String) id = reader.GetString();
            else if (name == "names" && reader.TokenType == JsonTokenType.StartArray)
            {
                names = [];
                while (reader.Read() && reader.TokenType == JsonTokenType.String) names.Add(reader.GetString()!);
            }
            else reader.Skip();
        }

        return id is null || names is null ? throw Broken("decision", "its names to look for are not whole") : new WalkNames { Id = id, Names = names };
    }

    private static HookFailure Broken(string what, string why) => new($"the gateway's {what} cannot be used: {why}");

    private sealed class AnswerMembers(string what)
    {
        private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

        public int? Version { get; set; }

        public int? Lines { get; set; }

        public bool? Granted { get; private set; }

        public WalkNames? Walk { get; private set; }

        public void Add(string name, string value)
        {
            if (!_texts.TryAdd(name, value)) throw Broken(what, "a member stands twice");
        }

        public void SetGranted(bool value) => Granted = Granted is null ? value : throw Broken(what, "a member stands twice");

        public void SetWalk(WalkNames value) => Walk = Walk is null ? value : throw Broken(what, "a member stands twice");

        public string? Find(string name) => _texts.GetValueOrDefault(name);

        public string Require(string name) => Find(name) ?? throw Broken(what, $"`{name}` is missing");
    }
}
