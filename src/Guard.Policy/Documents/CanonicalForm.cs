using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Guard.Policy.Documents;

/// <summary>A document's content without its layout: the same keys and values give the same digest in any order of keys.</summary>
internal static class CanonicalForm
{
    /// <summary>SHA-256 of the node's content, lower-case hexadecimal.</summary>
    public static string Digest(DocumentNode node)
    {
        var builder = new StringBuilder();
        Append(node, builder);
        return Digest(builder.ToString());
    }

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static void Append(DocumentNode node, StringBuilder to)
    {
        switch (node)
        {
            case ScalarNode scalar:
                Append(scalar.Text, to);
                break;
            case SequenceNode sequence:
                to.Append('[');
                foreach (var item in sequence.Items)
                {
                    Append(item, to);
                }

                to.Append(']');
                break;
            case MappingNode mapping:
                to.Append('{');
                foreach (var (key, value) in mapping.Entries.OrderBy(e => e.Key.Text, StringComparer.Ordinal))
                {
                    Append(key.Text, to);
                    Append(value, to);
                }

                to.Append('}');
                break;
        }
    }

    // Length first, so that no text can look like two.
    private static void Append(string text, StringBuilder to) =>
        to.Append(CultureInfo.InvariantCulture, $"{text.Length}:").Append(text);
}
