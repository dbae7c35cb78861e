using System.Collections.Frozen;
using System.Collections.Immutable;
using Guard.Policy.Matching;
using static Guard.Policy.Cel.CelType;

namespace Guard.Policy.Cel;

/// <summary>The functions, methods and operators that expressions can use.</summary>
internal static class CelFunctions
{
    private static readonly ImmutableArray<CelType> Ordered = [Bool, Int, Uint, CelType.Double, CelType.String, CelType.Bytes, Timestamp, Duration];
    private static readonly ImmutableArray<CelType> Numbers = [Int, Uint, CelType.Double];

    private static readonly FrozenDictionary<(string, bool), CelFunction> All = Build().ToFrozenDictionary(f => (f.Name, f.IsMethod));

    public static CelFunction? Find(string name, bool isMethod) => All.GetValueOrDefault((name, isMethod));

    /// <summary>What can be called by name, for remedies.</summary>
    public static IEnumerable<string> Names(bool isMethod) => All.Keys.Where(k => k.Item2 == isMethod && char.IsAsciiLetter(k.Item1[0])).Select(k => k.Item1);

    private static IEnumerable<CelFunction> Build() => [.. Operators(), .. Texts(), .. Conversions(), .. CelClockFunctions.All()];

    private static IEnumerable<CelFunction> Operators()
    {
        yield return Function("_==_", (run, a) => CelComparison.Equal(run, a[0], a[1]), Over(Bool, Dyn, Dyn));
        yield return Function("_<_", (run, a) => Order(run, a, static o => o < 0), Relation());
        yield return Function("_<=_", (run, a) => Order(run, a, static o => o <= 0), Relation());
        yield return Function("_>_", (run, a) => Order(run, a, static o => o > 0), Relation());
        yield return Function("_>=_", (run, a) => Order(run, a, static o => o >= 0), Relation());
        yield return Function("_in_", In, Over(Bool, Dyn, AnyList), Over(Bool, Dyn, AnyMap));
        yield return Function("_+_", CelArithmetic.Add, [.. Same(Numbers), .. Same([CelType.String, CelType.Bytes, Duration, AnyList]), Over(Timestamp, Timestamp, Duration), Over(Timestamp, Duration, Timestamp)]);
        yield return Function("_-_", CelArithmetic.Subtract, [.. Same(Numbers), Over(Duration, Duration, Duration), Over(Duration, Timestamp, Timestamp), Over(Timestamp, Timestamp, Duration)]);
        yield return Function("_*_", CelArithmetic.Multiply, [.. Same(Numbers)]);
        yield return Function("_/_", CelArithmetic.Divide, [.. Same(Numbers)]);
        yield return Function("_%_", CelArithmetic.Modulo, [.. Same([Int, Uint])]);
        yield return Function("-_", CelArithmetic.Negate, Over(Int, Int), Over(CelType.Double, CelType.Double));
        yield return Function("_[_]", Index, [.. Numbers.Select(n => Over(Dyn, AnyList, n)), Over(Dyn, AnyMap, Dyn)]);
    }

    private static IEnumerable<CelFunction> Texts()
    {
        yield return Method("contains", static (run, a) => Test(run, a, static (text, part, comparison) => text.Contains(part, comparison)), Over(Bool, CelType.String, CelType.String));
        yield return Method("startsWith", static (run, a) => Test(run, a, static (text, part, comparison) => text.StartsWith(part, comparison)), Over(Bool, CelType.String, CelType.String));
        yield return Method("endsWith", static (run, a) => Test(run, a, static (text, part, comparison) => text.EndsWith(part, comparison)), Over(Bool, CelType.String, CelType.String));
        yield return Method("lowerAscii", static (run, a) => Map(run, a, static text => Ascii(text, char.ToLowerInvariant)), Over(CelType.String, CelType.String));
        yield return Method("upperAscii", static (run, a) => Map(run, a, static text => Ascii(text, char.ToUpperInvariant)), Over(CelType.String, CelType.String));
        yield return Method("trim", static (run, a) => Map(run, a, static text => text.Trim()), Over(CelType.String, CelType.String));
        CelOverload[] sizes = [Over(Int, CelType.String), Over(Int, CelType.Bytes), Over(Int, AnyList), Over(Int, AnyMap)];
        yield return Function("size", Size, sizes);
        yield return Method("size", Size, sizes);
    }

    private static IEnumerable<CelFunction> Conversions()
    {
        yield return Function("int", CelConversions.ToInt, [.. Numbers.Append(CelType.String).Append(Timestamp).Select(t => Over(Int, t))]);
        yield return Function("uint", CelConversions.ToUint, [.. Numbers.Append(CelType.String).Select(t => Over(Uint, t))]);
        yield return Function("double", CelConversions.ToDouble, [.. Numbers.Append(CelType.String).Select(t => Over(CelType.Double, t))]);
        yield return Function("string", CelConversions.ToText, [.. Ordered.Select(t => Over(CelType.String, t))]);
        yield return Function("bytes", CelConversions.ToBytes, Over(CelType.Bytes, CelType.String), Over(CelType.Bytes, CelType.Bytes));
        yield return Function("bool", CelConversions.ToBool, Over(Bool, CelType.String), Over(Bool, Bool));
        yield return Function("timestamp", CelConversions.ToTimestamp, Over(Timestamp, CelType.String), Over(Timestamp, Int), Over(Timestamp, Timestamp));
        yield return Function("duration", CelConversions.ToDuration, Over(Duration, CelType.String), Over(Duration, Duration));
        yield return Function("type", static (_, a) => new CelTypeValue(a[0].Kind), Over(CelType.Type, Dyn));
        yield return Function("dyn", static (_, a) => a[0], Over(Dyn, Dyn));
    }

    private static CelFunction Function(string name, CelImplementation invoke, params CelOverload[] overloads) => new(name, false, invoke, [.. overloads]);

    private static CelFunction Method(string name, CelImplementation invoke, params CelOverload[] overloads) => new(name, true, invoke, [.. overloads]);

    private static CelOverload Over(CelType result, params CelType[] parameters) => new([.. parameters], result);

    private static IEnumerable<CelOverload> Same(IEnumerable<CelType> types) => types.Select(t => Over(t, t, t));

    private static CelOverload[] Relation() =>
        [.. Ordered.Select(t => Over(Bool, t, t)), .. Numbers.SelectMany(a => Numbers.Where(b => b != a).Select(b => Over(Bool, a, b)))];

    private static CelValue? Order(CelRun run, ReadOnlySpan<CelValue> a, Func<int, bool> wanted)
    {
        if (CelComparison.Compare(a[0], a[1]) is { } order)
        {
            return run.Scan(a[0] is CelString text ? text.Value.Length : 0) ? CelBool.Of(wanted(order)) : run.Exhausted;
        }

        // Not a number: ordered with no number.
        return CelKinds.IsNumber(a[0].Kind) && CelKinds.IsNumber(a[1].Kind) ? CelBool.False : null;
    }

    private static CelValue? In(CelRun run, ReadOnlySpan<CelValue> a) => a[1] switch
    {
        CelList list => CelComparison.Contains(run, list.Items, a[0]),
        CelMap map when run.Mode == CelTextMode.Generous && a[0] is CelString => CelComparison.Contains(run, [.. map.Entries.Select(e => e.Key)], a[0]),
        CelMap map => CelBool.Of(map.Find(a[0]) is not (null or CelAbsent)),
        _ => null,
    };

    private static CelValue? Index(CelRun run, ReadOnlySpan<CelValue> a)
    {
        if (a[0] is CelMap map)
        {
            return map.Find(a[1]) ?? new CelError(a[1] is CelString key ? $"there is no member `{Diagnostics.Shown.Text(key.Value, 64)}`" : "there is no such key");
        }

        if (a[0] is not CelList list)
        {
            return null;
        }

        Int128? index = a[1] switch
        {
            CelInt number => number.Value,
            CelUint number => number.Value,
            CelDouble number when Math.Truncate(number.Value) == number.Value && Math.Abs(number.Value) < 1e18 => (Int128)number.Value,
            CelDouble => -1,
            _ => null,
        };
        return index is null ? null
            : index >= 0 && index < list.Items.Length ? list.Items[(int)index]
            : new CelError($"the list has {list.Items.Length} items, and none at that place");
    }

    private static CelValue? Size(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelString text => run.Scan(text.Value.Length) ? new CelInt(text.Value.Length - text.Value.Count(char.IsLowSurrogate)) : run.Exhausted,
        CelBytes bytes => new CelInt(bytes.Value.Length),
        CelList list => new CelInt(list.Items.Length),
        CelMap map => new CelInt(map.Entries.Length),
        _ => null,
    };

    private static CelValue? Test(CelRun run, ReadOnlySpan<CelValue> a, Func<string, string, StringComparison, bool> test)
    {
        if (a[0] is not CelString text || a[1] is not CelString part)
        {
            return null;
        }

        if (!run.Scan(text.Value.Length, part.Value.Length))
        {
            return run.Exhausted;
        }

        // Composing joins characters, which can hide a part that stands there: so both.
        return CelBool.Of(test(text.Value, part.Value, StringComparison.Ordinal)
            || (run.Mode == CelTextMode.Generous && test(TextForm.Composed(text.Value), TextForm.Composed(part.Value), StringComparison.OrdinalIgnoreCase)));
    }

    private static CelValue? Map(CelRun run, ReadOnlySpan<CelValue> a, Func<string, string> change)
    {
        if (a[0] is not CelString text)
        {
            return null;
        }

        return run.Scan(text.Value.Length) && run.Create(text.Value.Length) ? new CelString(change(text.Value)) : run.Exhausted;
    }

    private static string Ascii(string text, Func<char, char> change) => string.Concat(text.Select(c => char.IsAscii(c) ? change(c) : c));
}
