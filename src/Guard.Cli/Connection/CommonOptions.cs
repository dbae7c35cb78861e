using System.CommandLine;
using Guard.Cli.Terminal;

namespace Guard.Cli.Connection;

/// <summary>Options that mean the same in every command that has them.</summary>
internal static class CommonOptions
{
    public static Option<string?> Data() => new("--data")
    {
        HelpName = "DIR",
        Description = "Guard's data folder (GUARD_DATA; default ~/.guard)",
    };

    public static Option<bool> Json() => new("--json") { Description = "Write the result as JSON" };

    public static GuardFolder FolderOf(ParseResult parsed, Option<string?> data, CliContext context) =>
        new(context.Resolve(parsed.GetValue(data) ?? (context.Environment("GUARD_DATA") is { Length: > 0 } set ? set : "~/.guard")));
}
