using System.Text;

namespace Guard.Hook.Gateway;

/// <summary>Lines and bytes of an answer. The lines of one answer together are limited.</summary>
internal sealed class HttpReader(Stream stream, int maxLines)
{
    private readonly byte[] _buffer = new byte[8 * 1024];
    private int _at;
    private int _end;
    private int _lineBytes;

    /// <summary>One line without its end; only CR LF ends a line.</summary>
    public string ReadLine()
    {
        var line = new StringBuilder(64);
        while (true)
        {
            var c = ReadByte();
            if (++_lineBytes > maxLines) throw HttpExchange.Garbage("its head is too long");
            if (c == '\n')
            {
                if (line.Length == 0 || line[^1] != '\r') throw HttpExchange.Garbage("a line without CR LF");
                return line.ToString(0, line.Length - 1);
            }

            line.Append((char)c);
        }
    }

    public void ReadExactly(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (_at == _end) Fill();
            var count = Math.Min(target.Length, _end - _at);
            _buffer.AsSpan(_at, count).CopyTo(target);
            _at += count;
            target = target[count..];
        }
    }

    private byte ReadByte()
    {
        if (_at == _end) Fill();
        return _buffer[_at++];
    }

    private void Fill()
    {
        _at = 0;
        _end = stream.Read(_buffer);
        if (_end == 0) throw new HookFailure("the gateway closed the connection before its answer was complete. Look at its log (`guard up` shows it)");
    }
}
