namespace Guard.EndToEnd.Tests.StandIn;

/// <summary>
/// What the stand-in's model does: one list of turns per conversation. A conversation is known by the text its first
/// user message contains, a turn by the number of answers already in the request; so the stand-in keeps no state and a
/// repeated request gets the same answer. After the last turn the model says that it is done.
/// </summary>
internal sealed class ModelScript
{
    /// <summary>The prompt of the main conversation.</summary>
    public const string MainPrompt = "Carry out the main task.";

    /// <summary>The prompt that a call of the Agent tool gives to the subagent.</summary>
    public const string SubagentPrompt = "Carry out the delegated task.";

    private readonly Dictionary<string, List<ModelTurn>> _conversations = new(StringComparer.Ordinal);

    /// <summary>A main conversation that asks for these calls, one per turn.</summary>
    public static ModelScript Asking(params ToolUse[] calls)
    {
        var script = new ModelScript();
        script._conversations[MainPrompt] = [.. calls.Select(call => new ModelTurn([call]))];
        return script;
    }

    /// <summary>The calls that the subagent asks for, one per turn.</summary>
    public ModelScript WithSubagent(params ToolUse[] calls)
    {
        _conversations[SubagentPrompt] = [.. calls.Select(call => new ModelTurn([call]))];
        return this;
    }

    /// <summary>Something that happens outside the client before the main conversation's next turn is answered.</summary>
    public ModelScript Then(Func<Task> happening, params ToolUse[] calls)
    {
        var turns = _conversations[MainPrompt];
        turns.Add(new ModelTurn([calls[0]], happening));
        turns.AddRange(calls.Skip(1).Select(call => new ModelTurn([call])));
        return this;
    }

    public ModelTurn TurnFor(string opening, int answersSoFar)
    {
        foreach (var (prompt, turns) in _conversations)
            if (opening.Contains(prompt, StringComparison.Ordinal) && answersSoFar < turns.Count)
                return turns[answersSoFar];
        return ModelTurn.Done;
    }
}

/// <summary>One answer of the model; no calls: it says that it is done.</summary>
internal sealed record ModelTurn(IReadOnlyList<ToolUse> Calls, Func<Task>? Before = null)
{
    public static ModelTurn Done { get; } = new([]);
}
