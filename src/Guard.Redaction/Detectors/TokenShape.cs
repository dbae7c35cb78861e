using System.Buffers;

namespace Guard.Redaction.Detectors;

/// <summary>How a token of one issuer looks: a fixed beginning, then characters of one set.</summary>
/// <param name="Prefix">Case matters.</param>
/// <param name="Set">Of what follows.</param>
/// <param name="Min">How many follow at least.</param>
/// <param name="Kind">For the marker.</param>
internal sealed record TokenShape(string Prefix, SearchValues<char> Set, int Min, string Kind)
{
    /// <summary>How many follow at most; a longer run is something else. Absent: any number.</summary>
    public int Max { get; init; } = int.MaxValue;

    /// <summary>At the end of a text, where one can be cut off, a token is one from so many characters on.</summary>
    public int MinCut { get; init; } = 8;

    /// <summary>The beginning is short or a word's end, so a word must begin there.</summary>
    public bool Bounded { get; init; }

    /// <summary>The beginning names what follows and is kept (<c>X-Amz-Signature=</c>).</summary>
    public bool KeepPrefix { get; init; }
}
