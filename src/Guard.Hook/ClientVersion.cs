namespace Guard.Hook;

/// <summary>The version of the agent client, as it tells the programs it starts. A label: whoever sets the environment can say anything.</summary>
internal static class ClientVersion
{
    private const int MaxLength = 32;

    /// <param name="stated">The value of <c>AI_AGENT</c>, <c>claude-code_2-1-329_agent</c>; also with slashes and dots. Null: not set.</param>
    /// <returns><c>2.1.329</c>; null where no version of this client is stated.</returns>
    public static string? Read(string? stated)
    {
        var parts = stated?.Split('_', '/');
        if (parts is not ["claude-code", var version, ..] || version.Length is 0 or > MaxLength) return null;
        foreach (var character in version)
        {
            if (!char.IsAsciiDigit(character) && character is not ('-' or '.')) return null;
        }

        return version.Replace('-', '.');
    }
}
