using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>A value of an expression. Immutable.</summary>
internal abstract class CelValue
{
    public abstract CelKind Kind { get; }
}

internal sealed class CelBool : CelValue
{
    public static readonly CelBool True = new(true);
    public static readonly CelBool False = new(false);

    private CelBool(bool value) => Value = value;

    public override CelKind Kind => CelKind.Bool;

    public bool Value { get; }

    public static CelBool Of(bool value) => value ? True : False;
}

internal sealed class CelInt(long value) : CelValue
{
    public override CelKind Kind => CelKind.Int;

    public long Value { get; } = value;
}

internal sealed class CelUint(ulong value) : CelValue
{
    public override CelKind Kind => CelKind.Uint;

    public ulong Value { get; } = value;
}

internal sealed class CelDouble(double value) : CelValue
{
    public override CelKind Kind => CelKind.Double;

    public double Value { get; } = value;
}

/// <summary>Text; well-formed UTF-16, counted and compared by code points.</summary>
internal sealed class CelString(string value) : CelValue
{
    public override CelKind Kind => CelKind.String;

    public string Value { get; } = value;

    /// <summary>No half of a surrogate pair stands alone.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}

internal sealed class CelBytes(ImmutableArray<byte> value) : CelValue
{
    public override CelKind Kind => CelKind.Bytes;

    public ImmutableArray<byte> Value { get; } = value;
}

internal sealed class CelList(ImmutableArray<CelValue> items) : CelValue
{
    public override CelKind Kind => CelKind.List;

    public ImmutableArray<CelValue> Items { get; } = items;
}

internal sealed class CelNull : CelValue
{
    public static readonly CelNull Instance = new();

    private CelNull()
    {
    }

    public override CelKind Kind => CelKind.Null;
}

internal sealed class CelTypeValue(CelKind named) : CelValue
{
    public override CelKind Kind => CelKind.Type;

    public CelKind Named { get; } = named;
}

/// <summary>Something went wrong; says what, for people.</summary>
internal class CelError(string message, int offset = -1) : CelValue
{
    public override CelKind Kind => CelKind.Error;

    public string Message { get; } = message;

    /// <summary>Where in the expression's text, in UTF-16 units; negative: not known yet.</summary>
    public int Offset { get; } = offset;

    public virtual CelError At(int offset) => Offset >= 0 ? this : new CelError(Message, offset);
}

/// <summary>
/// A fact that nobody stated. Unlike a text that was left out on the way, even whether it is there cannot be asked: leaving
/// it unsaid would answer.
/// </summary>
internal sealed class CelUnstated(string message, int offset = -1) : CelError(message, offset)
{
    public override CelError At(int offset) => Offset >= 0 ? this : new CelUnstated(Message, offset);
}

/// <summary>A member that a known tool may leave out, and what is computed from it.</summary>
internal sealed class CelAbsent : CelValue
{
    public static readonly CelAbsent Instance = new();

    private CelAbsent()
    {
    }

    public override CelKind Kind => CelKind.Absent;
}
