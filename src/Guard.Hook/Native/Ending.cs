using System.Runtime.InteropServices;

namespace Guard.Hook.Native;

/// <summary>The functions of <c>ending.c</c>, which is linked in.</summary>
internal static unsafe partial class Ending
{
    private const string Library = "guard-native";

    /// <summary>True for the first who asks, who must answer; everybody later must not.</summary>
    public static bool Claim() => ClaimAnswer() != 0;

    /// <summary>The answer is written: the deadline from now on only ends the process, with its code.</summary>
    [LibraryImport(Library, EntryPoint = "guard_answered")]
    public static partial void Answered(int code);

    /// <summary>The code of the answer that is written, by whomever; negative: none is.</summary>
    [LibraryImport(Library, EntryPoint = "guard_answered_code")]
    public static partial int AnsweredCode();

    /// <summary>
    /// What the process answers when a signal comes, and for how many seconds it may go on then, with no way to answer; 0: it ends.
    /// False where that could not be arranged.
    /// </summary>
    public static bool AnswerOn(int signal, ReadOnlySpan<byte> output, ReadOnlySpan<byte> error, int code, int secondsAfter)
    {
        fixed (byte* outputStart = output)
        fixed (byte* errorStart = error)
            return AnswerOn(signal, outputStart, output.Length, errorStart, error.Length, code, secondsAfter) != 0;
    }

    [LibraryImport(Library, EntryPoint = "guard_claim_answer")]
    private static partial int ClaimAnswer();

    [LibraryImport(Library, EntryPoint = "guard_answer_on")]
    private static partial int AnswerOn(int signal, byte* output, nint outputLength, byte* error, nint errorLength, int code, int secondsAfter);
}
