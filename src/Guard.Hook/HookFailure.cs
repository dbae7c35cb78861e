namespace Guard.Hook;

/// <summary>The hook cannot get a decision. The message says what failed and what to do, in one or two sentences.</summary>
internal class HookFailure(string message) : Exception(message);
