namespace Guard.Shell.Effects;

/// <summary>Commands for vi and its like (<c>-c</c>, <c>+</c>). Moving, setting, searching and quitting are harmless; anything else may run code.</summary>
internal static class EditorText
{
    private static readonly string[] s_harmless = ["", "$", "q", "q!", "qa", "qa!", "quit", "x", "wq", "wqa", "w", "wa", "noh", "nohlsearch", "set", "syntax", "redraw"];

    public static void Read(EffectSink sink, Argument command, int word)
    {
        if (!command.IsKnown || !command.Text.Split('|').All(part => Harmless(part.Trim().TrimStart(':'))))
        {
            sink.Opaque.Add(new OpaqueReason("editor-command", word));
        }
    }

    private static bool Harmless(string command)
    {
        int end = command.IndexOf(' ');
        string name = end < 0 ? command : command[..end];
        bool known = s_harmless.Contains(name, StringComparer.Ordinal) && (end < 0 || name is "set" or "syntax");
        return (known && !command.Contains('=') && !command.Contains('!', StringComparison.Ordinal)) || name is "q!" or "qa!"
            || command.All(char.IsAsciiDigit) || (command.StartsWith('/') && command.Length > 1);
    }
}
