using System.Runtime.InteropServices;

namespace Guard.Shell.Syntax;

/// <summary>A part of the line as it was given: UTF-16 offsets into the text handed to <see cref="ShellParser"/>.</summary>
/// <remarks>
/// Text inside backquotes and here-documents is unescaped before it is read; its spans still point at the original characters.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SourceSpan(int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>The characters of <paramref name="source"/> that this span covers.</summary>
    public string Of(string source) => source.Substring(Start, Length);
}
