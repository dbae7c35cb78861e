namespace Guard.Policy.Cel;

/// <summary>Arithmetic and joining. What overflows is an error.</summary>
internal static class CelArithmetic
{
    private static readonly CelError Overflow = new("the number is out of range");
    private static readonly CelError OutOfRange = new("the time or span is out of range");
    private static readonly CelError DivisionByZero = new("division by zero");

    public static CelValue? Add(CelRun run, ReadOnlySpan<CelValue> a) => (a[0], a[1]) switch
    {
        (CelInt x, CelInt y) => Signed((Int128)x.Value + y.Value),
        (CelUint x, CelUint y) => Unsigned((Int128)x.Value + y.Value),
        (CelDouble x, CelDouble y) => new CelDouble(x.Value + y.Value),
        (CelString x, CelString y) => run.Create((long)x.Value.Length + y.Value.Length) ? new CelString(x.Value + y.Value) : run.Exhausted,
        (CelBytes x, CelBytes y) => run.Create((long)x.Value.Length + y.Value.Length) ? new CelBytes(x.Value.AddRange(y.Value)) : run.Exhausted,
        (CelList x, CelList y) => run.Create((long)x.Items.Length + y.Items.Length) ? new CelList(x.Items.AddRange(y.Items)) : run.Exhausted,
        (CelDuration x, CelDuration y) => Span((Int128)x.Nanoseconds + y.Nanoseconds),
        (CelTimestamp x, CelDuration y) => (CelValue?)x.Plus(y.Nanoseconds) ?? OutOfRange,
        (CelDuration x, CelTimestamp y) => (CelValue?)y.Plus(x.Nanoseconds) ?? OutOfRange,
        _ => null,
    };

    public static CelValue? Subtract(CelRun run, ReadOnlySpan<CelValue> a) => (a[0], a[1]) switch
    {
        (CelInt x, CelInt y) => Signed((Int128)x.Value - y.Value),
        (CelUint x, CelUint y) => Unsigned((Int128)x.Value - y.Value),
        (CelDouble x, CelDouble y) => new CelDouble(x.Value - y.Value),
        (CelDuration x, CelDuration y) => Span((Int128)x.Nanoseconds - y.Nanoseconds),
        (CelTimestamp x, CelDuration y) => (CelValue?)x.Plus(-(Int128)y.Nanoseconds) ?? OutOfRange,
        (CelTimestamp x, CelTimestamp y) => (CelValue?)x.Minus(y) ?? OutOfRange,
        _ => null,
    };

    public static CelValue? Multiply(CelRun run, ReadOnlySpan<CelValue> a) => (a[0], a[1]) switch
    {
        (CelInt x, CelInt y) => Signed((Int128)x.Value * y.Value),
        (CelUint x, CelUint y) => (UInt128)x.Value * y.Value is var product && product <= ulong.MaxValue ? new CelUint((ulong)product) : Overflow,
        (CelDouble x, CelDouble y) => new CelDouble(x.Value * y.Value),
        _ => null,
    };

    public static CelValue? Divide(CelRun run, ReadOnlySpan<CelValue> a) => (a[0], a[1]) switch
    {
        (CelInt, CelInt { Value: 0 }) or (CelUint, CelUint { Value: 0 }) => DivisionByZero,
        (CelInt x, CelInt y) => Signed((Int128)x.Value / y.Value),
        (CelUint x, CelUint y) => new CelUint(x.Value / y.Value),
        (CelDouble x, CelDouble y) => new CelDouble(x.Value / y.Value),
        _ => null,
    };

    public static CelValue? Modulo(CelRun run, ReadOnlySpan<CelValue> a) => (a[0], a[1]) switch
    {
        (CelInt, CelInt { Value: 0 }) or (CelUint, CelUint { Value: 0 }) => DivisionByZero,
        (CelInt { Value: long.MinValue }, CelInt { Value: -1 }) => Overflow,
        (CelInt x, CelInt y) => new CelInt(x.Value % y.Value),
        (CelUint x, CelUint y) => new CelUint(x.Value % y.Value),
        _ => null,
    };

    public static CelValue? Negate(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelInt x => Signed(-(Int128)x.Value),
        CelDouble x => new CelDouble(-x.Value),
        _ => null,
    };

    private static CelValue Signed(Int128 value) => value < long.MinValue || value > long.MaxValue ? Overflow : new CelInt((long)value);

    private static CelValue Unsigned(Int128 value) => value < 0 || value > ulong.MaxValue ? Overflow : new CelUint((ulong)value);

    private static CelValue Span(Int128 value) => value < long.MinValue || value > long.MaxValue ? OutOfRange : new CelDuration((long)value);
}
