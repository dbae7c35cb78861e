namespace Guard.Policy.Cel;

/// <summary>What kind of mistake an expression has.</summary>
internal enum CelProblemKind
{
    Syntax,
    UnknownName,
    WrongArguments,
    WrongType,
    BadRegex,
    TooComplex,
}

/// <summary>A mistake in an expression.</summary>
/// <param name="Kind">Which diagnostic it becomes.</param>
/// <param name="Offset">Where, in UTF-16 units from the start of the expression.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record CelProblem(CelProblemKind Kind, int Offset, string Message, string Remedy);
