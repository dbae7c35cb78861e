namespace Guard.Hook;

/// <summary>The version of this executable; <c>Text</c> is written by the build, because asking the assembly starts reflection.</summary>
internal static partial class HookVersion;
