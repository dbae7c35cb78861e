using System.Numerics;

namespace Guard.Shell.Lines;

/// <summary>A list without repetitions, in the order of arrival.</summary>
/// <remarks>
/// A short one is searched. Only beyond that is there a table of places, which holds numbers alone: most lines have a handful of commands and accesses, and for
/// them a hash table costs more to make than it saves.
/// </remarks>
/// <param name="comparer">Its hash codes must not be foreseeable where the line decides them, or chains get long.</param>
/// <param name="capacity">How many items there may well be.</param>
internal sealed class DistinctList<T>(IEqualityComparer<T> comparer, int capacity)
{
    private const int Searched = 8;

    private readonly List<T> _items = new(capacity);

    /// <summary>Place of the last item of each hash, counted from 1; its length is a power of two.</summary>
    private int[] _last = [];

    /// <summary>For each item its hash and the place of the one before it with the same remainder, counted from 1.</summary>
    private (int Hash, int Before)[] _links = [];

    public IReadOnlyList<T> Items => _items;

    public int Count => _items.Count;

    /// <returns>The place of the item, or of the equal one that came before.</returns>
    public int Add(T item, out bool isNew)
    {
        var hash = 0;
        isNew = false;
        if (_items.Count <= Searched)
        {
            for (var i = 0; i < _items.Count; i++)
            {
                if (comparer.Equals(_items[i], item))
                    return i;
            }
        }
        else
        {
            hash = comparer.GetHashCode(item!);
            for (var at = _last[hash & (_last.Length - 1)]; at > 0; at = _links[at - 1].Before)
            {
                if (_links[at - 1].Hash == hash && comparer.Equals(_items[at - 1], item))
                    return at - 1;
            }
        }

        isNew = true;
        _items.Add(item);
        if (_items.Count > Searched)
            Link(hash);
        return _items.Count - 1;
    }

    private void Link(int hash)
    {
        var place = _items.Count - 1;
        if (place < _links.Length)
        {
            LinkAt(place, hash);
            return;
        }

        var links = new (int Hash, int Before)[_links.Length == 0 ? (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * Searched, capacity)) : 4 * _links.Length];
        _links.CopyTo(links, 0);
        var known = _links.Length == 0 ? 0 : place;
        (_links, _last) = (links, new int[links.Length]);
        for (var i = 0; i < place; i++)
            LinkAt(i, i < known ? links[i].Hash : comparer.GetHashCode(_items[i]!));
        LinkAt(place, known == 0 ? comparer.GetHashCode(_items[place]!) : hash);
    }

    private void LinkAt(int place, int hash)
    {
        ref var last = ref _last[hash & (_last.Length - 1)];
        _links[place] = (hash, last);
        last = place + 1;
    }
}
