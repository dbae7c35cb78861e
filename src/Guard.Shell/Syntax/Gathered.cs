using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Guard.Shell.Syntax;

/// <summary>Items of a list whose length is not known beforehand. Costs nothing while there are none, and no copy where as many came as there was room for.</summary>
/// <remarks>Most lists of a tree have no item or one: builders of immutable arrays start with room for eight.</remarks>
[StructLayout(LayoutKind.Auto)]
internal struct Gathered<T>
{
    private T[]? _items;

    public int Count { get; private set; }

    public readonly T this[int index] => _items![index];

    public void Add(T item)
    {
        if (_items is null)
            _items = new T[1];
        else if (Count == _items.Length)
            Array.Resize(ref _items, 2 * (Count + 1));
        _items[Count++] = item;
    }

    /// <summary>What was gathered; afterwards there is nothing.</summary>
    public ImmutableArray<T> Finish()
    {
        if (_items is null)
            return [];
        if (Count < _items.Length)
            Array.Resize(ref _items, Count);
        var items = ImmutableCollectionsMarshal.AsImmutableArray(_items);
        (_items, Count) = (null, 0);
        return items;
    }
}
