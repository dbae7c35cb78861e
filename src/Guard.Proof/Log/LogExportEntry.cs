using Guard.Proof.Tree;

namespace Guard.Proof.Log;

/// <summary>One leaf of an export, with what stands beside it.</summary>
/// <param name="Event">As stored.</param>
/// <param name="Logged">The leaf hash that the log's tiles hold at its index; null: none yet.</param>
/// <param name="ChangedColumn">The first member of the event whose column in the store says something else; null: none does.</param>
public sealed record LogExportEntry(StoredEvent Event, MerkleHash? Logged, string? ChangedColumn);
