using System.Buffers;

namespace Guard.Policy.Indexing;

/// <summary>Ids collected on the stack where they are few. Used by one thread and disposed of by it.</summary>
internal ref struct IdList(Span<int> space)
{
    private Span<int> _ids = space;
    private int[]? _rented;
    private int _count;

    public void Add(int id)
    {
        if (_count == _ids.Length)
        {
            Grow(_count + 1);
        }

        _ids[_count++] = id;
    }

    public void AddRange(scoped ReadOnlySpan<int> ids)
    {
        if (_count + ids.Length > _ids.Length)
        {
            Grow(_count + ids.Length);
        }

        ids.CopyTo(_ids[_count..]);
        _count += ids.Length;
    }

    /// <summary>The ids in ascending order, each once.</summary>
    public ReadOnlySpan<int> Distinct()
    {
        var ids = _ids[.._count];
        ids.Sort();
        var kept = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (kept == 0 || ids[kept - 1] != ids[i])
            {
                ids[kept++] = ids[i];
            }
        }

        _count = kept;
        return ids[..kept];
    }

    public void Clear() => _count = 0;

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<int>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<int>.Shared.Rent(Math.Max(needed, _ids.Length * 2));
        _ids[.._count].CopyTo(larger);
        Dispose();
        _rented = larger;
        _ids = larger;
    }
}
