namespace Guard.Shell.Expansion;

/// <summary>Where in a word a tilde means a home folder.</summary>
internal enum TildeRule
{
    None,

    /// <summary>At the start of the word.</summary>
    Start,

    /// <summary>At the start, and behind the sign and the colons of a word that looks like an assignment.</summary>
    Word,

    /// <summary>At the start of the value and behind colons.</summary>
    Assignment,
}
