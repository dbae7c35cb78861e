namespace Guard.Shell.Syntax;

/// <summary>Either a whole tree or a refusal; never a partial tree.</summary>
public sealed class ShellParseResult
{
    private ShellParseResult(ShellScript? script, ShellRefusal? refusal, long steps) => (Script, Refusal, Steps) = (script, refusal, steps);

    /// <summary>The tree; null exactly when <see cref="Refusal"/> is not.</summary>
    public ShellScript? Script { get; }

    public ShellRefusal? Refusal { get; }

    /// <summary>Work done, in characters looked at: at most a fixed multiple of the text's length.</summary>
    public long Steps { get; }

    internal static ShellParseResult Parsed(ShellScript script, long steps) => new(script, null, steps);

    internal static ShellParseResult Refused(ShellRefusal refusal, long steps) => new(null, refusal, steps);
}
