using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Ways in which the mere expansion of a word may run commands that do not stand in the line.</summary>
public enum ExpansionHazard
{
    /// <summary>Arithmetic over a value that is not a known number: bash evaluates subscripts in it, and substitutions in those.</summary>
    ArithmeticOnUnknown,

    /// <summary><c>${!x}</c>: the value names a parameter, perhaps with a subscript that is evaluated.</summary>
    Indirection,

    /// <summary><c>${x@P}</c>: the value is expanded like a prompt, substitutions included.</summary>
    PromptExpansion,
}

/// <summary>Listens to what happens while words are expanded, in the order in which it happens.</summary>
public interface IExpansionObserver
{
    /// <summary>Nothing more is listened to: what is left to expand may be left out, and counts as not known.</summary>
    bool IsExhausted => false;

    /// <summary>A substitution's commands run now. Returns what is known of their output without trailing line ends.</summary>
    ShellValue RunCommandSubstitution(CommandSubstitutionPart part, ShellState state);

    void RunProcessSubstitution(ProcessSubstitutionPart part, ShellState state);

    void Report(ExpansionHazard hazard, SourceSpan span);

    /// <summary>A variable's value enters a word.</summary>
    void ReadVariable(string name, SourceSpan span);

    /// <summary>An expansion may assign to a variable, as <c>${x:=y}</c> does.</summary>
    void SetVariable(string name, SourceSpan span);
}
