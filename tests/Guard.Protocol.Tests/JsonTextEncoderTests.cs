using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Guard.Protocol.Tests;

public sealed class JsonTextEncoderTests
{
    private const int Seed = 20261;

    private static readonly JsonWriterOptions Options = new() { Encoder = JsonTextEncoder.Instance };

    /// <summary>RFC 8259, section 7.</summary>
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("say \"hi\"", "say \\\"hi\\\"")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("1\n2\r3\t4", "1\\n2\\r3\\t4")]
    [InlineData("\0\u0001\u001f\u007f\u0080", "\\u0000\\u0001\\u001F\u007f\u0080")]
    [InlineData("</script>&'+`", "</script>&'+`")]
    [InlineData("gr\u00fc\u00df\u2028\u4e2d", "gr\u00fc\u00df\u2028\u4e2d")]
    [InlineData("\ud83d\ude00\n", "\ud83d\ude00\\n")]
    public void Text_OfEveryKind_IsEscapedWhereJsonRequiresIt(string text, string escaped) => Write(text).Should().Be($"\"{escaped}\"");

    [Fact]
    public void HalfOfACharacter_IsReplaced()
    {
        Write("a\ud83d").Should().Be("\"a\ufffd\"");
        Write("\ude00b").Should().Be("\"\ufffdb\"");
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0xFF, 0x62 }, "a\ufffdb")]
    [InlineData(new byte[] { 0xC3 }, "\ufffd")]
    [InlineData(new byte[] { 0x0A, 0xE4, 0xB8, 0xAD, 0x22 }, "\\n\u4e2d\\\"")]
    public void Bytes_AreEscapedAsText_AndReplacedWhereTheyAreNone(byte[] bytes, string escaped) => Write(bytes).Should().Be($"\"{escaped}\"");

    [Fact]
    public void RandomText_ReadBack_IsTheSame()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 5_000; i++)
        {
            var text = RandomText(random);
            var well = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

            Read(Write(text)).Should().Be(well, "seed {0}, text {1}", Seed, i);
            Read(Write(Encoding.UTF8.GetBytes(text))).Should().Be(well, "seed {0}, bytes {1}", Seed, i);
        }
    }

    /// <summary>The contract of <see cref="System.Text.Encodings.Web.TextEncoder"/> for callers with small buffers.</summary>
    [Fact]
    public void RandomText_EncodedInPieces_IsTheSame()
    {
        var random = new Random(Seed + 1);
        var characters = new char[7];
        var bytes = new byte[7];
        for (var i = 0; i < 2_000; i++)
        {
            var text = RandomText(random);
            var whole = Write(text)[1..^1];
            var pieces = new StringBuilder();
            for (var at = 0; at < text.Length;)
            {
                JsonTextEncoder.Instance.Encode(text.AsSpan(at), characters, out var consumed, out var written);
                consumed.Should().BePositive();
                pieces.Append(characters, 0, written);
                at += consumed;
            }

            pieces.ToString().Should().Be(whole, "seed {0}, text {1}", Seed + 1, i);
            var source = Encoding.UTF8.GetBytes(text);
            using var encoded = new MemoryStream();
            for (var at = 0; at < source.Length;)
            {
                JsonTextEncoder.Instance.EncodeUtf8(source.AsSpan(at), bytes, out var consumed, out var written);
                encoded.Write(bytes, 0, written);
                (consumed + written).Should().BePositive();
                at += consumed;
            }

            Encoding.UTF8.GetString(encoded.ToArray()).Should().Be(whole, "seed {0}, bytes {1}", Seed + 1, i);
        }
    }

    [Fact]
    public void TextThatMayGoOn_IsNotReplacedYet()
    {
        var destination = new char[8];
        JsonTextEncoder.Instance.Encode("a\ud83d", destination, out var consumed, out var written, isFinalBlock: false).Should().Be(OperationStatus.NeedMoreData);
        (consumed, written).Should().Be((1, 1));
    }

    private static string RandomText(Random random)
    {
        var characters = new char[random.Next(40)];
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)(random.Next(6) switch
            {
                0 => random.Next(0x20),
                1 => "\"\\/<>&'"[random.Next(7)],
                2 => random.Next(0xD800, 0xE000),
                3 => random.Next(0x10000),
                _ => random.Next(0x20, 0x7F),
            });
        }

        return new string(characters);
    }

    private static string Read(string json) => JsonSerializer.Deserialize<string>(json)!;

    private static string Write(string text) => Written(writer => writer.WriteStringValue(text));

    private static string Write(byte[] text) => Written(writer => writer.WriteStringValue(text));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
