using System.Text.Encodings.Web;
using System.Text.Json;

namespace Guard.Cli.Policies.Import;

/// <summary>Texts as YAML on one line.</summary>
internal static class YamlText
{
    /// <summary>In double quotes, which YAML reads as JSON does.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    public static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quote))}]";

    /// <summary>A text of an expression in single quotes.</summary>
    public static string Cel(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
