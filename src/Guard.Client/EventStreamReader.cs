using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Guard.Client;

/// <summary>Reads server-sent events, as far as the gateway writes them: fields <c>id</c>, <c>event</c> and <c>data</c>, comments.</summary>
internal sealed class EventStreamReader(Stream stream, TimeSpan longestSilence, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Largest event, in bytes; the largest the gateway stores stays far below.</summary>
    private const long MaxLineBytes = 16 * 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(stream);

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    /// <summary>The next event, or what only moves the position; null: the stream has ended.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">Nothing came for too long, not even a comment.</exception>
    /// <exception cref="FormatException">This is no stream of the gateway.</exception>
    public async Task<StreamedEvent?> ReadAsync(CancellationToken cancel)
    {
        var read = default(StreamedEvent);
        while (await ReadLineAsync(cancel) is { } line)
        {
            if (line.Length == 0)
            {
                if (read != default) return read;
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..];
            if (value.StartsWith(' ')) value = value[1..];
            read = (colon < 0 ? line : line[..colon]) switch
            {
                "id" => read with { Position = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : throw new FormatException("the id of an event is no position") },
                "event" => read with { Type = value },
                "data" => read with { Data = read.Data is null ? value : $"{read.Data}\n{value}" },
                _ => read,
            };
        }

        return null;
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancel)
    {
        while (true)
        {
            var result = await ReadSomeAsync(cancel);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(buffer.Slice(0, end)).TrimEnd('\r');
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (buffer.Length > MaxLineBytes) throw new FormatException($"an event is larger than {MaxLineBytes} bytes");
            // What is cut off in the middle of a line is not an event.
            if (result.IsCompleted) return null;
        }
    }

    private async Task<ReadResult> ReadSomeAsync(CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(longestSilence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        try
        {
            return await _reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {longestSilence.TotalSeconds:0.#} s", e);
        }
    }
}

/// <summary>One event of a stream.</summary>
internal readonly record struct StreamedEvent(long? Position, string? Type, string? Data);
