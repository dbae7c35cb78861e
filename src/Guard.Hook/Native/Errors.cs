namespace Guard.Hook.Native;

/// <summary>Words for the errors of the system that a gateway's absence causes.</summary>
internal static class Errors
{
    /// <summary>A short description without a full stop.</summary>
    public static string Name(int error) => error switch
    {
        Libc.NoEntry => "no such file",
        13 => "permission denied",
        Libc.NotAFolder => "not a folder",
        32 or 104 => "the other side closed it",
        101 or 113 => "no way there",
        111 => "connection refused",
        _ => $"error {error}",
    };
}
