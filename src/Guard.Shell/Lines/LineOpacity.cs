using Guard.Shell.Analysis;

namespace Guard.Shell.Lines;

/// <summary>Why a part of a line is opaque. The codes appear in messages and in the record and are never reused.</summary>
public static class LineOpacity
{
    public const string Refused = "shell.refused";
    public const string UnknownProgram = "shell.unknown-program";
    public const string UnknownCode = "shell.unknown-code";
    public const string UnknownArithmetic = "shell.unknown-arithmetic";
    public const string Indirection = "shell.indirection";
    public const string PromptExpansion = "shell.prompt-expansion";
    public const string ReadingChanged = "shell.reading-changed";
    public const string Recursion = "shell.recursion";
    public const string TooManySteps = "shell.too-many-steps";
    public const string TooDeep = "shell.too-deep";
    public const string LoadingVariable = "shell.loading-variable";
    public const string SourcedFile = "shell.sourced-file";
    public const string OtherShell = "shell.other-shell";
    public const string CodeFromNetwork = "shell.code-from-network";
    public const string CodeFromDecoder = "shell.code-from-decoder";
    public const string WrittenCode = "shell.written-code";
    public const string CodeFromPipe = "shell.code-from-pipe";
    public const string CodeFromInput = "shell.code-from-input";
    public const string UnknownOption = "shell.unknown-option";
    public const string UnknownWord = "shell.unknown-word";
    public const string UnknownSubcommand = "shell.unknown-subcommand";

    internal static string Of(OpacityCode code) => code switch
    {
        OpacityCode.UnknownProgram => UnknownProgram,
        OpacityCode.ArithmeticOnUnknown => UnknownArithmetic,
        OpacityCode.Indirection => Indirection,
        OpacityCode.PromptExpansion => PromptExpansion,
        OpacityCode.UnknownCode => UnknownCode,
        OpacityCode.ReadingChanged => ReadingChanged,
        OpacityCode.Recursion => Recursion,
        _ => TooManySteps,
    };

    /// <summary>One line in plain words, without text from the line.</summary>
    public static string Explain(string code) => code switch
    {
        Refused => "bash would refuse this, or it is written in a way that is not modelled",
        UnknownProgram => "which program runs depends on text that is not known; name it literally",
        UnknownCode => "the text that is run is not known; write it out",
        UnknownArithmetic => "arithmetic over a value that is not known may run what stands in it",
        Indirection => "a value chooses which variable is used",
        PromptExpansion => "a value that is not known is expanded like a prompt",
        ReadingChanged => "it changes how the rest is read, or which program a name means",
        Recursion => "functions or texts call each other too deep",
        TooManySteps => "it takes more steps than are followed; split it up",
        TooDeep => "commands start each other deeper than is followed",
        LoadingVariable => "the variable makes programs load or run something; run the command without it",
        SourcedFile => "the file changes the shell itself; run it as a program instead",
        OtherShell => "that shell may read the text differently than bash does",
        CodeFromNetwork => "text from the network is run; save it, look at it, then run the file",
        CodeFromDecoder => "decoded text is run; write it out",
        CodeFromPipe => "the output of another command is run; write it out",
        WrittenCode => "the same line writes the file that is run, in a way that is not followed; write it first and look at it",
        CodeFromInput => "it runs what it reads, and that is not known",
        UnknownOption => "the program has no such option that is known",
        UnknownWord => "a word that is not known may be an option that starts something",
        UnknownSubcommand => "which subcommand runs is not known",
        _ => "the program does something here that its words do not tell (" + code["shell.".Length..] + ")",
    };
}
