using Guard.Hook.Gateway;

namespace Guard.Hook.Native;

/// <summary>A connected, non-blocking socket whose every step ends at the deadline.</summary>
internal sealed unsafe class SocketStream(int descriptor, Deadline deadline) : Stream
{
    private const int NoSignal = 0x4000;

    /// <summary>The descriptor, still owned by this stream.</summary>
    public int Handle => descriptor;

    /// <summary>When reading and writing end.</summary>
    public Deadline Deadline { private get; set; } = deadline;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="GatewayTimeoutException">The deadline has come.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (!Descriptor.WaitUntil(descriptor, Libc.PollIn, Deadline)) throw new GatewayTimeoutException();
            nint read;
            fixed (byte* start = buffer) read = Libc.Read(descriptor, start, buffer.Length);
            if (read >= 0) return (int)read;
            if (Libc.LastError is not (Libc.Interrupted or Libc.TryAgain)) throw new IOException($"the connection broke ({Errors.Name(Libc.LastError)})");
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="GatewayTimeoutException">The deadline has come.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* start = buffer) written = Libc.Send(descriptor, start, buffer.Length, NoSignal);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else if (Libc.LastError == Libc.TryAgain)
            {
                if (!Descriptor.WaitUntil(descriptor, Libc.PollOut, Deadline)) throw new GatewayTimeoutException();
            }
            else if (Libc.LastError != Libc.Interrupted)
            {
                throw new IOException($"the connection broke ({Errors.Name(Libc.LastError)})");
            }
        }
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Libc.Close(descriptor);
        base.Dispose(disposing);
    }
}
