namespace Guard.Policy;

/// <summary>A policy document as somebody wrote it.</summary>
/// <param name="Path">The file's name: for messages, and as the policy's name where the document states none.</param>
/// <param name="Text">YAML.</param>
public sealed record PolicySource(string Path, string Text);
