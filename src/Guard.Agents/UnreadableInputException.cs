namespace Guard.Agents;

/// <summary>A client's input cannot be judged; the call must be denied. The message says what is wrong, in one clause.</summary>
public sealed class UnreadableInputException(string message) : Exception(message);
