using System.Collections.Frozen;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>What is known of text that comes through a pipe.</summary>
internal static class PipedText
{
    private static readonly FrozenSet<string> Decoders = new[]
    {
        "base64", "base32", "basenc", "openssl", "xxd", "uudecode", "gunzip", "gzip", "zcat", "bzcat", "bunzip2", "xz", "xzcat", "zstd", "zstdcat", "tar", "unzip", "gpg", "rev", "tr", "sed", "awk", "od", "printf", "echo", "python", "python3", "perl", "jq",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Programs whose output is seldom anything but what somebody wanted to hide.
    private static readonly FrozenSet<string> Unveilers = new[] { "base64", "base32", "basenc", "openssl", "xxd", "uudecode" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Why a file that holds a command's output must not be run; null: it may.</summary>
    public static string? OpacityOfFile(CommandEffects effects)
    {
        for (var i = 0; i < effects.Effects.Count; i++)
        {
            if (effects.Effects[i].Action is EffectAction.WebFetch or EffectAction.WebWrite)
                return LineOpacity.CodeFromNetwork;
        }

        return Unveilers.Contains(effects.Program) ? LineOpacity.CodeFromDecoder : null;
    }

    /// <summary>The text that a command prints, where it follows from its words; null where it does not.</summary>
    public static string? Of(FeedingCommand feeder)
    {
        if (feeder.Words[0] is not { IsKnown: true, Text: "echo" })
            return null;
        var rest = feeder.Words.Skip(1).ToList();
        if (rest.Any(w => !w.IsKnown || w.Text.StartsWith('-') || w.Text.Contains('\\')))
            return null;
        return string.Join(' ', rest.Select(w => w.Text)) + "\n";
    }

    /// <summary>Why text from these commands is not known.</summary>
    public static string Opacity(IEnumerable<FeedingCommand> feeders)
    {
        var decoded = false;
        foreach (var feeder in feeders)
        {
            if (feeder.Effects.Effects.Any(e => e.Action is EffectAction.WebFetch or EffectAction.WebWrite or EffectAction.Connect))
                return LineOpacity.CodeFromNetwork;
            decoded |= Decoders.Contains(feeder.Effects.Program);
        }

        return decoded ? LineOpacity.CodeFromDecoder : LineOpacity.CodeFromPipe;
    }
}
