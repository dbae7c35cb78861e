using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>A map. Keys are bool, int, uint or string; numbers that are equal are the same key.</summary>
internal sealed class CelMap : CelValue
{
    public static readonly CelMap Empty = new([], new Dictionary<Key, int>(), ImmutableHashSet<string>.Empty);

    private readonly IReadOnlyDictionary<Key, int> _places;
    private readonly ImmutableHashSet<string> _optional;

    private CelMap(ImmutableArray<KeyValuePair<CelValue, CelValue>> entries, Dictionary<Key, int> places, ImmutableHashSet<string> optional) =>
        (Entries, _places, _optional) = (entries, places, optional);

    public override CelKind Kind => CelKind.Map;

    /// <summary>In the order in which they were written.</summary>
    public ImmutableArray<KeyValuePair<CelValue, CelValue>> Entries { get; }

    /// <summary>A map, or an error where a key is of another kind or stands twice.</summary>
    public static CelValue Of(ImmutableArray<KeyValuePair<CelValue, CelValue>> entries, ImmutableHashSet<string>? optional = null)
    {
        var places = new Dictionary<Key, int>(entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Key.Kind == CelKind.Double || KeyOf(entries[i].Key) is not { } key)
            {
                return new CelError($"a map's key cannot be of type {CelKinds.Name(entries[i].Key.Kind)}");
            }

            if (!places.TryAdd(key, i))
            {
                return new CelError("a key stands twice in the map");
            }
        }

        return new CelMap(entries, places, optional ?? []);
    }

    /// <summary>The map with a member replaced or added.</summary>
    public CelMap With(string key, CelValue value)
    {
        var place = _places.GetValueOrDefault(new Key(key, 0, CelKind.String), -1);
        var entry = new KeyValuePair<CelValue, CelValue>(new CelString(key), value);
        return (CelMap)Of(place < 0 ? Entries.Add(entry) : Entries.SetItem(place, entry), _optional);
    }

    /// <summary>Null where there is no such key; absent where it is one of those that may be left out.</summary>
    public CelValue? Find(CelValue key) =>
        KeyOf(key) is { } known && _places.TryGetValue(known, out var place)
            ? Entries[place].Value
            : key is CelString text && _optional.Contains(text.Value) ? CelAbsent.Instance : null;

    public CelValue? Find(string key) =>
        _places.TryGetValue(new Key(key, 0, CelKind.String), out var place) ? Entries[place].Value : _optional.Contains(key) ? CelAbsent.Instance : null;

    // Negative integers and the rest do not overlap: one Int128 holds both.
    private static Key? KeyOf(CelValue key) => key switch
    {
        CelString text => new Key(text.Value, 0, CelKind.String),
        CelBool boolean => new Key(null, boolean.Value ? 1 : 0, CelKind.Bool),
        CelInt number => new Key(null, number.Value, CelKind.Int),
        CelUint number => new Key(null, number.Value, CelKind.Int),
        CelDouble { Value: >= -9.3e18 and <= 1.9e19 } number when Math.Truncate(number.Value) == number.Value => new Key(null, (Int128)number.Value, CelKind.Int),
        _ => null,
    };

    private readonly record struct Key(string? Text, Int128 Number, CelKind Kind);
}
