namespace Guard.Shell.Effects;

/// <summary>
/// Options that a compiler hands to another program, joined by commas (<c>-Wl,-Map,x.map</c>): behind all but a few keys a path is a file
/// that may be read and written.
/// </summary>
internal static class ToolOptions
{
    private const int MaxParts = 64;

    /// <summary>Keys whose values name folders of the running system, symbols or switches, and no file that is opened for its text.</summary>
    private static readonly string[] s_names =
        ["rpath", "rpath-link", "soname", "h", "z", "e", "entry", "u", "undefined", "defsym", "dynamic-linker", "install_name", "L", "exclude-libs", "wrap", "m", "framework"];

    public static void Read(EffectSink sink, Argument value, int word, PathProbe probe)
    {
        if (!value.IsKnown)
        {
            sink.Opaque.Add(new OpaqueReason("option", word));
            return;
        }

        // -Wall and -Wpedantic are no lists.
        if (!value.Text.StartsWith(','))
        {
            return;
        }

        string key = "";
        string[] parts = value.Text.Split(',', MaxParts, StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts)
        {
            int equals = part.IndexOf('=');
            if (part.StartsWith('-'))
            {
                key = (equals < 0 ? part : part[..equals]).TrimStart('-');
                if (key is "plugin" or "fplugin" or "load")
                {
                    sink.Opaque.Add(new OpaqueReason("option", word));
                }
            }

            string text = !part.StartsWith('-') ? part : equals < 0 ? "" : part[(equals + 1)..];
            if (text.Length > 0 && Array.IndexOf(s_names, key) < 0)
            {
                GuessedWords.Add(sink, Argument.Of(text), ValueUse.Guess, word, probe);
            }
        }
    }
}
