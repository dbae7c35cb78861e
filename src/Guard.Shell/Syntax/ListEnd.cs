namespace Guard.Shell.Syntax;

/// <summary>What closes a list of commands.</summary>
internal enum ListEnd
{
    Text,
    Parenthesis,
    Brace,
    Then,
    Do,
    Done,
    Fi,

    /// <summary><c>elif</c>, <c>else</c> or <c>fi</c></summary>
    IfBranch,

    /// <summary><c>;;</c>, <c>;&amp;</c>, <c>;;&amp;</c> or <c>esac</c></summary>
    CaseClause,
}
