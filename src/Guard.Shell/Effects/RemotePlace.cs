namespace Guard.Shell.Effects;

/// <summary>Places on other machines as ssh, scp, rsync and git write them: <c>user@host:path</c>, <c>host::module</c>, <c>scheme://host/path</c>.</summary>
internal static class RemotePlace
{
    /// <summary>The host (with port, where a URL has one), or null for a local path.</summary>
    public static string? Host(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            string authority = text[(scheme + 3)..];
            int end = authority.AsSpan().IndexOfAny('/', '?', '#');
            return WithoutUser(end < 0 ? authority : authority[..end]);
        }

        int colon = Colon(text);
        return colon > 0 ? WithoutUser(text[..colon]) : null;
    }

    /// <summary>The path on the other machine, or null for a local path.</summary>
    public static string? Path(string text)
    {
        int colon = Colon(text);
        return colon > 0 ? text[(colon + 1)..] : null;
    }

    public static string WithoutUser(string text) => text[(text.LastIndexOf('@') + 1)..];

    // A colon before the first slash, as rsync and scp decide; brackets hold IPv6 addresses.
    private static int Colon(string text)
    {
        int start = text.IndexOf('[') is >= 0 and var open && text.IndexOf(']', open) is > 0 and var close ? close : 0;
        int colon = text.IndexOf(':', start);
        int slash = text.IndexOf('/');
        return colon > 0 && (slash < 0 || colon < slash) ? colon : -1;
    }
}
