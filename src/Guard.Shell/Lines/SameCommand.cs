namespace Guard.Shell.Lines;

/// <summary>A command that runs again from the same place of the line, in the same folder.</summary>
internal sealed class SameCommand : IEqualityComparer<LineCommand>
{
    private SameCommand()
    {
    }

    public static SameCommand Instance { get; } = new();

    public bool Equals(LineCommand? x, LineCommand? y) =>
        ReferenceEquals(x, y)
        || (x is not null && y is not null
            && x.Span == y.Span
            && x.Parent == y.Parent
            && x.Elsewhere == y.Elsewhere
            && string.Equals(x.Normal, y.Normal, StringComparison.Ordinal)
            && string.Equals(x.WorkingDirectory, y.WorkingDirectory, StringComparison.Ordinal));

    public int GetHashCode(LineCommand command) => HashCode.Combine(command.Span.Start, command.Parent, string.GetHashCode(command.Normal, StringComparison.Ordinal));
}
