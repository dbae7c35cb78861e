using System.Runtime.InteropServices;

namespace Guard.Proof.Json;

/// <summary>A member of an object, as a range of the output.</summary>
/// <param name="From">Of its first byte, the quotation mark before its name.</param>
/// <param name="Length">Of name, colon and value.</param>
/// <param name="PlainLength">Of its name, which is written as it is and in ASCII.</param>
/// <param name="Name">Its name, where that is not plain; else null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Member(int From, int Length, int PlainLength, string? Name);
