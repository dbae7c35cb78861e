namespace Guard.Policy.Lint;

/// <summary>Something in a valid policy that probably does not mean what it says.</summary>
/// <param name="Code"><c>GRD1##</c>; never reused for another meaning.</param>
/// <param name="File">The name the source was given.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Rule">Null: the policy as a whole.</param>
/// <param name="Message">What is surprising.</param>
/// <param name="Example">An access that shows it, <c>action resource</c>; null where there is none to show.</param>
/// <param name="Fix">What to write instead.</param>
public sealed record LintFinding(string Code, string File, int Line, int Column, string Policy, string? Rule, string Message, string? Example, string Fix)
{
    /// <summary>What makes the finding go away and only makes the policy stricter, in place of the text at the finding's place. Null: a person has to choose.</summary>
    public LintReplacement? Replacement { get; init; }

    /// <summary><c>file:line:column GRD1## message (for example: …; fix)</c></summary>
    public override string ToString() =>
        $"{File}:{Line}:{Column} {Code} {(Rule is null ? "" : $"rule {Rule}: ")}{Message} ({(Example is null ? "" : $"for example `{Example}`; ")}{Fix})";
}

/// <summary>One text of a document for another.</summary>
/// <param name="Old">The value that stands there, without its quotes.</param>
/// <param name="New">The value that should.</param>
public readonly record struct LintReplacement(string Old, string New);
