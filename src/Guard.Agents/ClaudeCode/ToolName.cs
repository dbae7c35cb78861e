using System.Globalization;
using System.Text;

namespace Guard.Agents.ClaudeCode;

/// <summary>Makes any tool name safe to print and to match.</summary>
internal static class ToolName
{
    private const int MaxLength = 128;

    /// <summary>
    /// The name itself where it has only letters, digits, <c>_ - . :</c>; every other byte becomes <c>%XX</c>, so that two
    /// different names never meet and a look-alike never becomes the name it looks like.
    /// </summary>
    public static string Safe(string name)
    {
        if (name.Length is > 0 and <= MaxLength && name.All(IsPlain)) return name;

        var safe = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            if (IsPlain((char)b)) safe.Append((char)b);
            else safe.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        if (safe.Length == 0) return "%";
        if (safe.Length <= MaxLength) return safe.ToString();
        return safe.ToString(0, MaxLength / 2) + "%" + Sha256.Digest(Encoding.UTF8.GetBytes(name))["sha256:".Length..];
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':';
}
