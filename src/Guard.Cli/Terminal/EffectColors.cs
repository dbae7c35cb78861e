using Guard.Protocol;
using Spectre.Console;

namespace Guard.Cli.Terminal;

/// <summary>One colour per effect, the same in every list.</summary>
internal static class EffectColors
{
    public static Color? Of(string? effect) => effect switch
    {
        Effects.Deny => Color.Red,
        Effects.Approve => Color.Fuchsia,
        Effects.Ask => Color.Yellow,
        Effects.Allow => Color.Green,
        _ => null,
    };
}
