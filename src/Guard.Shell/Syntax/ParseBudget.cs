namespace Guard.Shell.Syntax;

/// <summary>Counts the work, words, nodes and depth of one parse and refuses at the limits. One per parse, shared by all readers.</summary>
internal sealed class ParseBudget(ShellLimits limits)
{
    private int _depth;
    private int _words;
    private int _nodes;

    public long Steps { get; private set; }

    public void Step(int characters = 1) => Steps += characters;

    public void Enter(int position)
    {
        if (++_depth > limits.Depth)
            throw Refuse(ShellRefusalCode.TooDeep, position, $"nested deeper than {limits.Depth} levels");
    }

    public void Leave() => _depth--;

    public void CountWord(int position)
    {
        if (++_words > limits.Words)
            throw Refuse(ShellRefusalCode.TooManyWords, position, $"more than {limits.Words} words");
    }

    public void CountNode(int position)
    {
        if (++_nodes > limits.Nodes)
            throw Refuse(ShellRefusalCode.TooManyNodes, position, $"more than {limits.Nodes} parts");
    }

    private static ShellRefusedException Refuse(ShellRefusalCode code, int position, string message) => new(new ShellRefusal(code, position, message));
}
