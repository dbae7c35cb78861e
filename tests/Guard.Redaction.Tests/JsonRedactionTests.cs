using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Guard.Redaction.Tests;

public sealed class JsonRedactionTests
{
    private static readonly FrozenSet<string> s_nothing = FrozenSet<string>.Empty;

    // The rule of the record: no secret that was put anywhere into an event is in what is stored.
    [Fact]
    public void Rewrite_SecretPlantedAnywhere_IsGoneAndItsPlaceIsNamed()
    {
        var random = new Random(6);
        for (var i = 0; i < RedactorTests.Times(3_000); i++)
        {
            var (secret, text) = Plant(random);
            var place = new List<string>();
            var json = Nest(random, JsonValue.Create(text), place, 0);

            var (redacted, erased) = Redact(json.ToJsonString());

            redacted.Should().NotContain(secret, json.ToJsonString());
            Strings(JsonNode.Parse(redacted)).Any(found => found.Contains(secret, StringComparison.Ordinal)).Should().BeFalse();
            erased.Should().Contain("/input" + string.Concat(place));
        }
    }

    [Theory]
    [InlineData("""{"password":"hunter2","user":"me"}""", """{"password":"[erased:secret]","user":"me"}""", "/input/password")]
    [InlineData("""{"env":{"API_KEY":"abc"}}""", """{"env":{"API_KEY":"[erased:secret]"}}""", "/input/env/API_KEY")]
    [InlineData("""{"credentials":{"a":["one",{"b":"two"}]}}""", """{"credentials":{"a":["[erased:secret]",{"b":"[erased:secret]"}]}}""", "/input/credentials/a/0 /input/credentials/a/1/b")]
    [InlineData("""{"pin/password":12345678}""", """{"pin/password":"[erased:secret]"}""", "/input/pin~1password")]
    [InlineData("""{"max_token":4096,"password":null,"token":true}""", """{"max_token":4096,"password":null,"token":true}""", "")]
    [InlineData("""{"password":"$PASSWORD"}""", """{"password":"$PASSWORD"}""", "")]
    [InlineData("""{"n":1.50,"s":"é\u2028","a":[]}""", """{"n":1.50,"s":"é\u2028","a":[]}""", "")]
    public void Rewrite_MemberOfASecretName_IsErasedByItsName(string input, string expected, string erased)
    {
        var (redacted, places) = Redact(input);

        JsonNode.DeepEquals(JsonNode.Parse(redacted), JsonNode.Parse(expected)).Should().BeTrue(redacted);
        string.Join(' ', places).Should().Be(erased);
    }

    [Fact]
    public void Rewrite_PlacesByOrder_AreErasedWhateverTheyHold()
    {
        var redaction = new JsonRedaction(new Redactor());
        using var input = JsonDocument.Parse("""{"content":{"a":[1,2]},"file_path":"/a","list":["x","y"],"a/b":{"~":1}}""");

        var redacted = redaction.Rewrite(input.RootElement, "/input", new[] { "/content", "/list/1", "/a~1b/~0", "/not/there" }.ToFrozenSet());

        redacted.GetRawText().Should().Be("""{"content":"[erased:by-policy]","file_path":"/a","list":["x","[erased:by-policy]"],"a/b":{"~":"[erased:by-policy]"}}""");
        redaction.Erased.Should().Equal("/input/content", "/input/list/1", "/input/a~1b/~0");
    }

    [Fact]
    public void Rewrite_SecretInAMemberName_IsErasedAndNamesStayDifferent()
    {
        var random = new Random(7);
        var (one, two) = (Made.Tokens["github personal"](random), Made.Tokens["github personal"](random));

        var (redacted, erased) = Redact($$"""{"{{one}}":1,"{{two}}":2}""");

        redacted.Should().Be("""{"[erased:github-token]":1,"[erased:github-token] (2)":2}""");
        erased.Should().OnlyContain(static place => place == "/input/[erased:github-token]");
    }

    [Fact]
    public void Rewrite_SecretKnownFromOnePart_IsErasedInEveryOther()
    {
        var secret = Made.Password(new Random(8));
        var redaction = new JsonRedaction(new Redactor());
        using var input = JsonDocument.Parse($$"""{"command":"login-tool --password {{secret}}"}""");
        redaction.Learn(input.RootElement);
        redaction.Learn(secret);

        redaction.FoundAny.Should().BeTrue();
        redaction.Rewrite($"execute {secret} now", "/reason").Should().Be("execute [erased:secret] now");
        redaction.RewriteWords(["login-tool", "--password", secret], "/words").Should().Equal("login-tool", "--password", "[erased:secret]");
        redaction.Erased.Should().Equal("/reason", "/words/2");
    }

    // Else an agent could call a command a secret, and have it erased wherever the record speaks of it.
    [Fact]
    public void Rewrite_CommandCalledASecret_StaysReadableElsewhere()
    {
        var redaction = new JsonRedaction(new Redactor());
        redaction.Learn("MY_TOKEN='rm -rf /home/dev' ; eval $MY_TOKEN");

        redaction.Rewrite("rm -rf /home/dev", "/resource").Should().Be("rm -rf /home/dev");
    }

    [Fact]
    public void RewriteWords_OptionAndItsValueSideBySide_ErasesTheValue()
    {
        var redaction = new JsonRedaction(new Redactor());

        redaction.RewriteWords(["tool", "--password", "abc1", "-v"], "/w").Should().Equal("tool", "--password", "[erased:secret]", "-v");
        redaction.RewriteWords(["mysql", "-pabc", "app"], "/w").Should().Equal("mysql", "-p[erased:password]", "app");
    }

    [Fact]
    public void Rewrite_StringThatIsNoText_ErasesTheWholePart()
    {
        using var input = JsonDocument.Parse("""{"a":"\ud800","b":1}""");
        var redaction = new JsonRedaction(new Redactor());
        redaction.Learn(input.RootElement);

        redaction.FoundAny.Should().BeTrue();
        redaction.Rewrite(input.RootElement, "/input", s_nothing).GetString().Should().Be("[erased:not-readable]");
        redaction.Erased.Should().Equal("/input");
    }

    [Fact]
    public void Rewrite_MoreSecretsThanAreKept_LeavesNoText()
    {
        var random = new Random(9);
        var redaction = new JsonRedaction(new Redactor());
        for (var i = 0; i < 1_100; i++)
        {
            redaction.Learn(Made.Tokens["github personal"](random));
        }

        redaction.Rewrite("harmless", "/reason").Should().Be("[erased:too-many-secrets]");
    }

    [Fact]
    public void Rewrite_ManySecrets_KeepsTheListOfPlacesBounded()
    {
        var json = new JsonArray([.. Enumerable.Range(0, 1_000).Select(static i => new JsonObject { ["password"] = string.Create(CultureInfo.InvariantCulture, $"abc{i}") })]);

        var (redacted, erased) = Redact(json.ToJsonString());

        redacted.Should().NotContain("abc");
        erased.Should().HaveCount(JsonRedaction.MaxErased).And.EndWith("/…");
    }

    private static (string Json, IReadOnlyList<string> Erased) Redact(string json)
    {
        using var input = JsonDocument.Parse(json);
        var redaction = new JsonRedaction(new Redactor());
        redaction.Learn(input.RootElement);
        var redacted = redaction.FoundAny ? redaction.Rewrite(input.RootElement, "/input", s_nothing) : input.RootElement;
        return (redacted.GetRawText(), redaction.Erased);
    }

    private static (string Secret, string Text) Plant(Random random)
    {
        var before = Made.Text(random, Made.Alphanumeric + "   \n\"'{}", random.Next(40)) + " ";
        var after = " " + Made.Text(random, Made.Alphanumeric + "   \n\"'{}", random.Next(40));
        if (random.Next(2) == 0)
        {
            var names = Made.Tokens.Keys.Where(static name => name != "slack webhook").ToArray();
            var token = Made.Tokens[names[random.Next(names.Length)]](random);
            return (token, before + token + after);
        }

        var secret = Made.Password(random);
        return (secret, before + "\n" + string.Format(null, CompositeFormat.Parse(Made.Places[random.Next(Made.Places.Length)]), secret) + "\n" + after);
    }

    private static JsonNode Nest(Random random, JsonNode value, List<string> place, int depth)
    {
        if (depth == 0 || random.Next(3) > 0)
        {
            if (random.Next(2) == 0)
            {
                place.Insert(0, "/1");
                value = new JsonArray(JsonValue.Create("plain"), value);
            }
            else
            {
                place.Insert(0, "/command");
                value = new JsonObject { ["description"] = "plain", ["command"] = value };
            }

            return depth < 5 ? Nest(random, value, place, depth + 1) : value;
        }

        return value;
    }

    private static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(static member => Strings(member.Value).Append(member.Key)),
        JsonArray items => items.SelectMany(Strings),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
