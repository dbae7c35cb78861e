namespace Guard.Gateway.Metrics;

/// <summary>The numbers of one instrument under one set of labels.</summary>
/// <remarks>Thread-safe; a reading between two of its own numbers can miss the newest measurement in one of them.</remarks>
internal sealed class MetricCell(IReadOnlyList<double> boundaries)
{
    // One more than boundaries: what is above all of them.
    private readonly long[] _buckets = new long[boundaries.Count + 1];
    private double _sum;

    /// <summary>The sum of a counter and of a histogram, the last value of a gauge.</summary>
    public double Value => Volatile.Read(ref _sum);

    public long Count
    {
        get
        {
            var count = 0L;
            for (var i = 0; i < _buckets.Length; i++)
            {
                count += Interlocked.Read(ref _buckets[i]);
            }

            return count;
        }
    }

    public void Set(double value) => Volatile.Write(ref _sum, value);

    public void Add(double value)
    {
        double seen, sum = Volatile.Read(ref _sum);
        do
        {
            seen = sum;
            sum = Interlocked.CompareExchange(ref _sum, seen + value, seen);
        }
        while (!sum.Equals(seen));
    }

    /// <summary>A boundary belongs to the bucket that ends with it.</summary>
    public void Observe(double value)
    {
        var bucket = 0;
        while (bucket < boundaries.Count && value > boundaries[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets[bucket]);
        Add(value);
    }

    /// <summary>How many measurements were at most each boundary.</summary>
    public IEnumerable<(double Boundary, long Count)> Cumulated()
    {
        var count = 0L;
        for (var i = 0; i < boundaries.Count; i++)
        {
            count += Interlocked.Read(ref _buckets[i]);
            yield return (boundaries[i], count);
        }
    }
}
