namespace Guard.Shell.Effects;

/// <summary>
/// The catalogue as text: sorted names (ordinal) and the block of each. A block's first line is the entry's own name, the others are what
/// <see cref="ProgramNodeReader"/> reads.
/// </summary>
internal sealed record CatalogText(string[] Keys, string[] Blocks);
