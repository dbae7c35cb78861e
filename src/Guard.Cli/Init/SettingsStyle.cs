using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Guard.Cli.Init;

/// <summary>How a settings file is laid out, so that a changed one looks like it did.</summary>
internal sealed record SettingsStyle(char IndentCharacter, int IndentSize, string NewLine, bool FinalNewLine)
{
    public static readonly SettingsStyle Default = new(' ', 2, "\n", FinalNewLine: true);

    public static SettingsStyle Of(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (string.IsNullOrWhiteSpace(text)) return Default;
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var final = text.EndsWith('\n');
        foreach (var line in text.Split('\n').Skip(1))
        {
            // The first line below the opening brace that holds a member is one step in.
            var content = line.TrimStart(' ', '\t');
            var depth = line.Length - content.Length;
            if (depth == 0 || !content.StartsWith('"')) continue;
            return new SettingsStyle(line[0], Math.Min(depth, 16), newLine, final);
        }

        return Default with { NewLine = newLine, FinalNewLine = final };
    }

    public byte[] Write(JsonObject settings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true,
            IndentCharacter = IndentCharacter,
            IndentSize = IndentSize,
            NewLine = NewLine,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            settings.WriteTo(writer);
        }

        if (FinalNewLine) stream.Write(Encoding.UTF8.GetBytes(NewLine));
        return stream.ToArray();
    }
}
