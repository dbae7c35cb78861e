using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Guard.Gateway.Metrics;

/// <summary>Collects the measurements of one meter and writes them out when they are asked for.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MetricsReader : IDisposable
{
    private readonly Meter _meter;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, Series> _series = new();

    // Protects the reading of observed instruments: two scrapes at once would write over each other.
    private readonly Lock _reading = new();

    public MetricsReader(Meter meter)
    {
        _meter = meter;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((Series)state!).Take(value, tags));
        _listener.Start();
    }

    /// <summary>Everything, by name.</summary>
    public string Write()
    {
        lock (_reading)
        {
            _listener.RecordObservableInstruments();
            var text = new StringBuilder(8 * 1024);
            foreach (var series in _series.Values.OrderBy(static series => series.Name, StringComparer.Ordinal))
            {
                series.Write(text);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        // Other gateways of the same process have meters of the same name.
        if (ReferenceEquals(instrument.Meter, _meter))
        {
            listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, static made => new Series(made)));
        }
    }

    /// <summary>One instrument.</summary>
    private sealed class Series
    {
        private readonly Instrument _instrument;
        private readonly Kind _kind;
        private readonly IReadOnlyList<double> _boundaries;
        private readonly ConcurrentDictionary<Labels, MetricCell> _cells = new();

        public Series(Instrument instrument)
        {
            _instrument = instrument;
            (_kind, _boundaries) = instrument switch
            {
                Histogram<double> histogram => (Kind.Histogram, histogram.Advice?.HistogramBucketBoundaries ?? []),
                Histogram<long> histogram => (Kind.Histogram, [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(static boundary => (double)boundary)]),
                Counter<long> or Counter<double> => (Kind.Counter, []),
                ObservableCounter<long> or ObservableCounter<double> => (Kind.ObservedCounter, []),
                _ => (Kind.Gauge, (IReadOnlyList<double>)[]),
            };
            Name = PrometheusText.NameOf(instrument.Name, instrument.Unit, _kind is Kind.Counter or Kind.ObservedCounter);
        }

        private enum Kind
        {
            Counter,
            ObservedCounter,
            Gauge,
            Histogram,
        }

        public string Name { get; }

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var cell = _cells.GetOrAdd(Labels.Of(tags), static (_, boundaries) => new MetricCell(boundaries), _boundaries);
            switch (_kind)
            {
                case Kind.Counter:
                    cell.Add(value);
                    break;
                case Kind.Histogram:
                    cell.Observe(value);
                    break;
                default:
                    cell.Set(value);
                    break;
            }
        }

        public void Write(StringBuilder text)
        {
            PrometheusText.WriteHead(text, Name, _kind switch { Kind.Histogram => "histogram", Kind.Gauge => "gauge", _ => "counter" }, _instrument.Description);
            foreach (var (labels, cell) in _cells.OrderBy(static pair => pair.Key.ToString(), StringComparer.Ordinal))
            {
                if (_kind == Kind.Histogram)
                {
                    WriteHistogram(text, labels, cell);
                }
                else
                {
                    PrometheusText.WriteSample(text, Name, labels.All(), cell.Value);
                }
            }

            // A counter that has counted nothing is 0, not absent: else its first step shows as none.
            if (_cells.IsEmpty && _kind == Kind.Counter)
            {
                PrometheusText.WriteSample(text, Name, [], 0);
            }
        }

        private void WriteHistogram(StringBuilder text, Labels labels, MetricCell cell)
        {
            var count = 0L;
            foreach (var (boundary, upTo) in cell.Cumulated())
            {
                PrometheusText.WriteSample(text, Name + "_bucket", [.. labels.All(), ("le", PrometheusText.Number(boundary))], upTo);
                count = upTo;
            }

            // Counted after the buckets, so that no bucket is larger than the whole.
            count = Math.Max(count, cell.Count);
            PrometheusText.WriteSample(text, Name + "_bucket", [.. labels.All(), ("le", "+Inf")], count);
            PrometheusText.WriteSample(text, Name + "_sum", labels.All(), cell.Value);
            PrometheusText.WriteSample(text, Name + "_count", labels.All(), count);
        }
    }

    /// <summary>At most two labels: no instrument here has more.</summary>
    private readonly record struct Labels(string? FirstName, string? First, string? SecondName, string? Second)
    {
        public static Labels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(
            tags.Length > 0 ? tags[0].Key : null,
            tags.Length > 0 ? tags[0].Value as string ?? "" : null,
            tags.Length > 1 ? tags[1].Key : null,
            tags.Length > 1 ? tags[1].Value as string ?? "" : null);

        public IEnumerable<(string Name, string Value)> All()
        {
            if (FirstName is not null)
            {
                yield return (FirstName, First!);
            }

            if (SecondName is not null)
            {
                yield return (SecondName, Second!);
            }
        }
    }
}
