namespace Guard.Gateway.Sequences;

/// <summary>Which numbers of one installation have arrived. Hooks run at once and hand spools over late, so the order is not that of the numbers.</summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class InstallationNumbers(long settledTo)
{
    // An agent can send any number: more than this many are not waited for.
    private const int MaxAhead = 4_096;

    private readonly SortedSet<long> _ahead = [];

    /// <summary>Every number up to this one has arrived or was given up.</summary>
    public long SettledTo { get; private set; } = settledTo;

    /// <summary>When the oldest gap was first seen, as a timestamp of the clock; null: there is none.</summary>
    public long? MissingSince { get; private set; }

    public bool IsFull => _ahead.Count >= MaxAhead;

    public void Saw(long number, long timestamp)
    {
        if (number > SettledTo)
        {
            _ahead.Add(number);
        }

        Advance(timestamp);
    }

    /// <summary>Numbers that are on record as given up.</summary>
    public void Settle(long first, long last, long timestamp)
    {
        if (first <= SettledTo + 1 && last > SettledTo)
        {
            SettledTo = last;
            _ahead.RemoveWhere(number => number <= last);
            MissingSince = null;
        }

        Advance(timestamp);
    }

    /// <summary>The first gap: numbers below one that has arrived. Null: none.</summary>
    public (long First, long Last)? Gap() => _ahead.Count == 0 ? null : (SettledTo + 1, _ahead.Min - 1);

    /// <summary>The first gap is not waited for any longer.</summary>
    public void GiveUp(long timestamp)
    {
        if (_ahead.Count > 0)
        {
            SettledTo = _ahead.Min - 1;
        }

        MissingSince = null;
        Advance(timestamp);
    }

    private void Advance(long timestamp)
    {
        var before = SettledTo;
        while (_ahead.Count > 0 && _ahead.Min == SettledTo + 1)
        {
            SettledTo = _ahead.Min;
            _ahead.Remove(SettledTo);
        }

        // A gap that has become another one is waited for anew.
        MissingSince = _ahead.Count == 0 ? null : SettledTo == before ? MissingSince ?? timestamp : timestamp;
    }
}
