using System.Runtime.InteropServices;

namespace Guard.Redaction;

/// <summary>Where a secret stands in a text.</summary>
/// <param name="Start">In UTF-16 units.</param>
/// <param name="Length">In UTF-16 units; at least 1.</param>
/// <param name="Kind">What it is, for the marker, e.g. <c>github-token</c>; never part of the secret.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SecretSpan(int Start, int Length, string Kind)
{
    public int End => Start + Length;
}
