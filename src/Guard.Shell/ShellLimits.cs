namespace Guard.Shell;

/// <summary>Beyond these a line is opaque, never cut.</summary>
public static class ShellLimits
{
    /// <summary>UTF-16 code units of a line.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Words of a line.</summary>
    public const int MaxWords = 1024;
}
