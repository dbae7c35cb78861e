namespace Guard.Policy.Diagnostics;

/// <summary>How bad a <see cref="Diagnostic"/> is. A document with an error is never applied.</summary>
public enum Severity
{
    Warning,
    Error,
}

/// <summary>A problem in a policy document: stable code, place, what is wrong and what to do.</summary>
/// <param name="Code"><c>GRD###</c>; never reused for another meaning.</param>
/// <param name="Severity">Error refuses the document.</param>
/// <param name="File">The name the source was given.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What is wrong, with what was written in backticks.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Diagnostic(string Code, Severity Severity, string File, int Line, int Column, string Message, string Remedy)
{
    /// <summary><c>file:line:column GRD### message (remedy)</c></summary>
    public override string ToString() => $"{File}:{Line}:{Column} {Code} {Message} ({Remedy})";
}
