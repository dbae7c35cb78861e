using System.Runtime.InteropServices;

namespace Guard.Proof.Json;

/// <summary>A member of an object, as a range of the output.</summary>
/// <param name="From">Of its first byte, the quotation mark before its name.</param>
/// <param name="Length">Of name, colon and value.</param>
/// <param name="PlainLength">Of its name, which is written as it is and in ASCII.</param>
/// <param name="Beginning">Of that name, see <see cref="CanonicalBuffer.Beginning"/>: most names differ there, and two numbers are compared at once.</param>
/// <param name="Name">Where its name is not plain: which of those. Else negative.</param>
/// <remarks>Without a reference, so that to move it is to copy bytes.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Member(int From, int Length, int PlainLength, ulong Beginning, int Name)
{
    public bool IsPlain => Name < 0;
}
