namespace Guard.Proof.Json;

/// <summary>What becomes of a number that a double cannot hold.</summary>
public enum CanonicalNumbers
{
    /// <summary>The nearest double, as RFC 8785 says: two different texts can become the same.</summary>
    Rounded,

    /// <summary>Refused: no two values have the same canonical form. What is committed to must be exact.</summary>
    Exact,
}
