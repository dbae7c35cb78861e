namespace Guard.Shell.Effects;

/// <summary>A setting of a program in one word, <c>key=value</c> or <c>key value</c> (git and its like), and what its value means by the program's description.</summary>
internal static class SettingText
{
    /// <returns>Null: no setting that is described, so that it may do anything.</returns>
    public static (ValueUse Use, Argument Value)? Read(CommandLine line, Argument setting)
    {
        int separator = setting.Text.AsSpan().IndexOfAny('=', ' ');
        string key = (separator < 0 ? setting.Text : setting.Text[..separator]).ToLowerInvariant();
        if (key.Contains(Argument.Hole) || setting.Form == ArgumentForm.Words)
        {
            return null;
        }

        foreach (ProgramNode node in line.Nodes)
        {
            foreach ((ValueUse use, string pattern) in node.Settings)
            {
                if (Matches(pattern, key))
                {
                    return (use, separator < 0 ? Argument.Of("") : setting.Part(setting.Text[(separator + 1)..].TrimStart(' ', '=')));
                }
            }
        }

        return null;
    }

    private static bool Matches(string pattern, string key) => (pattern.StartsWith('*'), pattern.EndsWith('*')) switch
    {
        (true, _) => key.EndsWith(pattern[1..], StringComparison.Ordinal),
        (_, true) => key.StartsWith(pattern[..^1], StringComparison.Ordinal),
        _ => pattern.IndexOf('*') is > 0 and var star
            ? key.Length >= pattern.Length - 1 && key.StartsWith(pattern[..star], StringComparison.Ordinal) && key.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal)
            : pattern == key,
    };
}
