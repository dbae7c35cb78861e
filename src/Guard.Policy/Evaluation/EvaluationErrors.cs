namespace Guard.Policy.Evaluation;

/// <summary>Errors met in rules, each once. Most evaluations meet none.</summary>
internal sealed class EvaluationErrors
{
    private SortedSet<string>? _messages;

    public void Add(string message) => (_messages ??= new SortedSet<string>(StringComparer.Ordinal)).Add(message);

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<string> All() => _messages is null ? [] : [.. _messages];
}
