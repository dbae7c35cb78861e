namespace Guard.Proof.Tree;

/// <summary>
/// The root of a complete subtree: the one of 2^<paramref name="level"/> leaves that begins at leaf
/// <paramref name="index"/> × 2^<paramref name="level"/>. Level 0 are the leaf hashes.
/// </summary>
public delegate MerkleHash NodeSource(int level, long index);
