namespace Guard.Agents.ClaudeCode;

/// <summary>A value in the client's settings that the client cannot load.</summary>
/// <param name="Path">Where it stands, such as <c>/hooks/PreToolUse/0</c>; empty for the document itself.</param>
/// <param name="Message">What is wrong with it, without what follows from that.</param>
/// <param name="Voids">The client drops the whole file for it; else this value alone.</param>
public sealed record SettingsFault(string Path, string Message, bool Voids)
{
    /// <summary>The path of a member below another one, with its name escaped as in a JSON Pointer.</summary>
    public static string PathOf(string parent, string member) => $"{parent}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
