namespace Guard.Shell.Lines;

/// <summary>Where text that comes through pipes may come from.</summary>
[Flags]
internal enum TextOrigin
{
    /// <summary>Some command.</summary>
    Command = 0,

    /// <summary>A program that decodes or rewrites text.</summary>
    Decoder = 1,

    /// <summary>Another machine.</summary>
    Network = 2,
}
