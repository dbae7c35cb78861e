using Guard.Shell.Analysis;
using Guard.Shell.Effects;
using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>Where and by what a command runs.</summary>
internal sealed record CommandPlace
{
    public required SourceSpan Span { get; init; }

    /// <summary>Absolute; null: not known.</summary>
    public required string? Folder { get; init; }

    public required ShellInput Input { get; init; }

    /// <summary>Index of the command that starts it; -1: the shell of the line.</summary>
    public required int Parent { get; init; }

    public required int Depth { get; init; }

    /// <summary>Not in this file system.</summary>
    public bool Elsewhere { get; init; }

    /// <summary>Another machine or a container: its files are not this machine's.</summary>
    public bool Remote { get; init; }

    /// <summary>See <see cref="ChangedForms.Turn"/>.</summary>
    public long Turn { get; init; }

    /// <summary>Some of the words are pipes that bash makes for process substitutions.</summary>
    public bool OpensPipes { get; init; }

    /// <summary>Whether a variable may have another value here than at the line's start.</summary>
    public required Func<string, bool> Changes { get; init; }
}

/// <summary>A command whose output may go into a pipe.</summary>
internal sealed record FeedingCommand(IReadOnlyList<Argument> Words, CommandEffects Effects, ShellInput Input, string? Folder);
