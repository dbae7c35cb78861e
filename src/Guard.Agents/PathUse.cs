using Guard.Shell.Effects;
using Guard.Shell.Lines;

namespace Guard.Agents;

/// <summary>How a path is used, beyond what is done to it.</summary>
internal sealed record PathUse
{
    public bool Inert { get; init; }

    /// <summary>With everything below it, as far as <see cref="Filter"/> says.</summary>
    public bool Subtree { get; init; }

    public SubtreeFilter Filter { get; init; } = SubtreeFilter.Everything;

    /// <summary>The shell command that uses it; null: a tool of the client.</summary>
    public LineCommand? Program { get; init; }

    /// <summary>Index of the access of that command.</summary>
    public int? By { get; init; }

    public string? Why { get; init; }
}
