using System.Runtime.InteropServices;
using System.Text;

namespace Guard.Shell.Expansion;

/// <summary>A character of a pattern or field; active if no quote takes away its meaning.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PatternCharacter(Rune Rune, bool Active);
