using System.Collections.Immutable;
using Guard.Policy.Matching;

namespace Guard.Policy.Cel;

/// <summary>Equality and order. Numbers compare across their kinds; values of other kinds are unequal and have no order.</summary>
internal static class CelComparison
{
    /// <summary>A bool, or an error where a value within is one.</summary>
    public static CelValue Equal(CelRun run, CelValue a, CelValue b)
    {
        if (!run.Step())
        {
            return run.Exhausted!;
        }

        if ((a as CelError ?? b as CelError) is { } error)
        {
            return error;
        }

        if (CelKinds.IsNumber(a.Kind) && CelKinds.IsNumber(b.Kind))
        {
            return CelBool.Of(Compare(a, b) == 0);
        }

        return (a, b) switch
        {
            (CelBool x, CelBool y) => CelBool.Of(x.Value == y.Value),
            (CelString x, CelString y) => EqualTexts(run, x.Value, y.Value),
            (CelBytes x, CelBytes y) => run.Scan(Math.Min(x.Value.Length, y.Value.Length)) ? CelBool.Of(x.Value.AsSpan().SequenceEqual(y.Value.AsSpan())) : run.Exhausted!,
            (CelNull, CelNull) => CelBool.True,
            (CelTypeValue x, CelTypeValue y) => CelBool.Of(x.Named == y.Named),
            (CelTimestamp x, CelTimestamp y) => CelBool.Of(x.Compare(y) == 0),
            (CelDuration x, CelDuration y) => CelBool.Of(x.Nanoseconds == y.Nanoseconds),
            (CelList x, CelList y) => EqualLists(run, x.Items, y.Items),
            (CelMap x, CelMap y) => EqualMaps(run, x, y),
            _ => CelBool.False,
        };
    }

    /// <summary>Below, at or above zero; null where the two have no order.</summary>
    public static int? Compare(CelValue a, CelValue b) => (a, b) switch
    {
        (CelInt x, CelInt y) => x.Value.CompareTo(y.Value),
        (CelUint x, CelUint y) => x.Value.CompareTo(y.Value),
        (CelDouble x, CelDouble y) => Compare(x.Value, y.Value),
        (CelInt x, CelUint y) => x.Value < 0 ? -1 : ((ulong)x.Value).CompareTo(y.Value),
        (CelUint x, CelInt y) => y.Value < 0 ? 1 : x.Value.CompareTo((ulong)y.Value),
        (CelInt x, CelDouble y) => Compare(x.Value, y.Value),
        (CelDouble x, CelInt y) => Compare(x.Value, y.Value),
        (CelUint x, CelDouble y) => Compare(x.Value, y.Value),
        (CelDouble x, CelUint y) => Compare(x.Value, y.Value),
        (CelString x, CelString y) => CompareTexts(x.Value, y.Value),
        (CelBytes x, CelBytes y) => x.Value.AsSpan().SequenceCompareTo(y.Value.AsSpan()),
        (CelBool x, CelBool y) => x.Value.CompareTo(y.Value),
        (CelTimestamp x, CelTimestamp y) => x.Compare(y),
        (CelDuration x, CelDuration y) => x.Nanoseconds.CompareTo(y.Nanoseconds),
        _ => null,
    };

    /// <summary>Whether an item of a list equals the value; a bool, or an error.</summary>
    public static CelValue Contains(CelRun run, ImmutableArray<CelValue> items, CelValue value)
    {
        CelValue? error = null;
        foreach (var item in items)
        {
            var equal = Equal(run, item, value);
            if (equal == CelBool.True)
            {
                return equal;
            }

            error ??= equal as CelError;
        }

        return error ?? CelBool.False;
    }

    // What is not a number has no order: neither below, at nor above.
    private static int? Compare(double a, double b) => double.IsNaN(a) || double.IsNaN(b) ? null : a < b ? -1 : a > b ? 1 : 0;

    // By code points. UTF-16 has the same order but for the surrogates, which stand for what lies above U+FFFF.
    private static int CompareTexts(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        var at = a.AsSpan(0, length).CommonPrefixLength(b.AsSpan(0, length));
        if (at == length)
        {
            return a.Length.CompareTo(b.Length);
        }

        var (x, y) = (a[at], b[at]);
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    private static CelValue EqualTexts(CelRun run, string a, string b)
    {
        if (run.Mode != CelTextMode.Generous)
        {
            return run.Scan(Math.Min(a.Length, b.Length)) ? CelBool.Of(string.Equals(a, b, StringComparison.Ordinal)) : run.Exhausted!;
        }

        return run.Scan(a.Length + b.Length)
            ? CelBool.Of(string.Equals(TextForm.Composed(a), TextForm.Composed(b), StringComparison.OrdinalIgnoreCase))
            : run.Exhausted!;
    }

    private static CelValue EqualLists(CelRun run, ImmutableArray<CelValue> a, ImmutableArray<CelValue> b)
    {
        if (a.Length != b.Length)
        {
            return CelBool.False;
        }

        CelValue? error = null;
        for (var i = 0; i < a.Length; i++)
        {
            var equal = Equal(run, a[i], b[i]);
            if (equal == CelBool.False)
            {
                return equal;
            }

            error ??= equal as CelError;
        }

        return error ?? CelBool.True;
    }

    private static CelValue EqualMaps(CelRun run, CelMap a, CelMap b)
    {
        if (a.Entries.Length != b.Entries.Length)
        {
            return CelBool.False;
        }

        CelValue? error = null;
        foreach (var (key, value) in a.Entries)
        {
            var equal = b.Find(key) is { } other and not CelAbsent ? Equal(run, value, other) : CelBool.False;
            if (equal == CelBool.False)
            {
                return equal;
            }

            error ??= equal as CelError;
        }

        return error ?? CelBool.True;
    }
}
