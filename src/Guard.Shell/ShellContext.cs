namespace Guard.Shell;

/// <summary>What the shell that runs the line knows.</summary>
/// <param name="Home">
/// The value of <c>HOME</c> in that shell, for words that begin with <c>~/</c>; null where it is not known for certain,
/// which makes such words opaque.
/// </param>
public readonly record struct ShellContext(string? Home);
