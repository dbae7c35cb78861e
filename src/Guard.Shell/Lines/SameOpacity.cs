namespace Guard.Shell.Lines;

/// <summary>The same reason for the same part of the line.</summary>
internal sealed class SameOpacity : IEqualityComparer<OpaquePart>
{
    private SameOpacity()
    {
    }

    public static SameOpacity Instance { get; } = new();

    public bool Equals(OpaquePart? x, OpaquePart? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Span == y.Span && string.Equals(x.Code, y.Code, StringComparison.Ordinal));

    public int GetHashCode(OpaquePart part) => HashCode.Combine(part.Span.Start, part.Span.Length, string.GetHashCode(part.Code, StringComparison.Ordinal));
}
