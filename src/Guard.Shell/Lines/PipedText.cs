using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>What is known of text that comes through a pipe.</summary>
internal static class PipedText
{
    private static bool IsDecoder(string program) =>
        program is "base64" or "base32" or "basenc" or "openssl" or "xxd" or "uudecode" or "gunzip" or "gzip" or "zcat" or "bzcat" or "bunzip2" or
            "xz" or "xzcat" or "zstd" or "zstdcat" or "tar" or "unzip" or "gpg" or "rev" or "tr" or "sed" or "awk" or "od" or "printf" or "echo" or
            "python" or "python3" or "perl" or "jq";

    // Programs whose output is seldom anything but what somebody wanted to hide.
    private static bool IsUnveiler(string program) =>
        program is "base64" or "base32" or "basenc" or "openssl" or "xxd" or "uudecode";

    /// <summary>Why a file that holds a command's output must not be run; null: it may.</summary>
    public static string? OpacityOfFile(CommandEffects effects)
    {
        for (var i = 0; i < effects.Effects.Count; i++)
        {
            if (effects.Effects[i].Action is EffectAction.WebFetch or EffectAction.WebWrite)
                return LineOpacity.CodeFromNetwork;
        }

        return IsUnveiler(effects.Program) ? LineOpacity.CodeFromDecoder : null;
    }

    /// <summary>Where the text that a command prints may come from.</summary>
    public static TextOrigin OriginOf(CommandEffects effects)
    {
        var origin = IsDecoder(effects.Program) ? TextOrigin.Decoder : TextOrigin.Command;
        for (var i = 0; i < effects.Effects.Count; i++)
        {
            if (effects.Effects[i].Action is EffectAction.WebFetch or EffectAction.WebWrite or EffectAction.Connect)
                return origin | TextOrigin.Network;
        }

        return origin;
    }

    /// <summary>Why text from there is not known as code.</summary>
    public static string Opacity(TextOrigin origin) =>
        origin.HasFlag(TextOrigin.Network) ? LineOpacity.CodeFromNetwork
        : origin.HasFlag(TextOrigin.Decoder) ? LineOpacity.CodeFromDecoder
        : LineOpacity.CodeFromPipe;
}
