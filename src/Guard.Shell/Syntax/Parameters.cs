namespace Guard.Shell.Syntax;

/// <summary>What is done with a parameter's value.</summary>
public enum ParameterOperator
{
    /// <summary><c>$x</c>, <c>${x}</c>, <c>${x[i]}</c></summary>
    Value,

    /// <summary><c>${#x}</c></summary>
    Length,

    /// <summary><c>${!prefix*}</c> and <c>${!prefix@}</c></summary>
    NamesWithPrefix,

    /// <summary><c>${!x[@]}</c></summary>
    Keys,

    /// <summary><c>-</c></summary>
    Default,

    /// <summary><c>=</c></summary>
    AssignDefault,

    /// <summary><c>?</c></summary>
    Require,

    /// <summary><c>+</c></summary>
    Alternate,

    /// <summary><c>#</c></summary>
    RemovePrefix,

    /// <summary><c>##</c></summary>
    RemoveLongestPrefix,

    /// <summary><c>%</c></summary>
    RemoveSuffix,

    /// <summary><c>%%</c></summary>
    RemoveLongestSuffix,

    /// <summary><c>/</c></summary>
    ReplaceFirst,

    /// <summary><c>//</c></summary>
    ReplaceAll,

    /// <summary><c>/#</c></summary>
    ReplacePrefix,

    /// <summary><c>/%</c></summary>
    ReplaceSuffix,

    /// <summary><c>:offset</c> and <c>:offset:length</c></summary>
    Substring,

    /// <summary><c>^</c></summary>
    UpperFirst,

    /// <summary><c>^^</c></summary>
    UpperAll,

    /// <summary><c>,</c></summary>
    LowerFirst,

    /// <summary><c>,,</c></summary>
    LowerAll,

    /// <summary><c>@Q</c> and its like; the letter is <see cref="ParameterPart.Transformation"/>.</summary>
    Transform,
}

/// <summary>A parameter expansion.</summary>
/// <param name="Span">From the dollar on.</param>
/// <param name="Name">A variable's name, digits for a positional parameter, or one of <c>@ * # ? - $ ! 0</c>.</param>
/// <param name="Operator">What is done with its value.</param>
public sealed record ParameterPart(SourceSpan Span, string Name, ParameterOperator Operator) : WordPart(Span)
{
    /// <summary><c>${!x}</c>: the value of the parameter that is named by the value.</summary>
    public bool Indirect { get; init; }

    /// <summary>Between brackets: <c>@</c>, <c>*</c>, or an index or key.</summary>
    public Word? Subscript { get; init; }

    /// <summary>A colon before <c>- = ? +</c>: an empty value counts as unset.</summary>
    public bool EmptyCountsAsUnset { get; init; }

    /// <summary>The word after the operator; the pattern of a replacement; the offset of a substring.</summary>
    public Word? Operand { get; init; }

    /// <summary>The replacement, or the length of a substring; null if absent.</summary>
    public Word? Second { get; init; }

    /// <summary>The letter behind <c>@</c>: one of <c>Q E P A a U u L K k</c>.</summary>
    public char Transformation { get; init; }
}
