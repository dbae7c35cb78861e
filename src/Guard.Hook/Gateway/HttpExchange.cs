using System.Buffers;
using System.Globalization;
using System.Text;

namespace Guard.Hook.Gateway;

/// <summary>One HTTP/1.1 request and its answer on one connection. Everything from the other side is limited and checked.</summary>
internal static class HttpExchange
{
    private const int MaxHead = 16 * 1024;
    private const int MaxBody = 256 * 1024;

    /// <exception cref="HookFailure">The answer is not HTTP as Guard's gateway speaks it.</exception>
    public static HttpAnswer Post(Stream stream, string path, GatewayAddress address, string apiKey, string traceHeader, string traceId, ReadOnlySpan<byte> body)
    {
        var head = $"POST {path} HTTP/1.1\r\nHost: {address.HostHeader}\r\nAuthorization: Bearer {apiKey}\r\nContent-Type: application/json\r\n" +
            $"Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n{traceHeader}: {traceId}\r\nConnection: close\r\n\r\n";
        var request = new byte[head.Length + body.Length];
        Encoding.ASCII.GetBytes(head, request);
        body.CopyTo(request.AsSpan(head.Length));
        stream.Write(request);
        stream.Flush();
        return Read(stream);
    }

    /// <exception cref="HookFailure">The answer is not HTTP as Guard's gateway speaks it.</exception>
    internal static HttpAnswer Read(Stream stream)
    {
        var reader = new HttpReader(stream, MaxHead);
        var status = ReadStatus(reader);
        // 100 Continue and its like come before the answer itself.
        for (var interim = 0; status is >= 100 and < 200; interim++)
        {
            if (interim == 4) throw Garbage("too many interim answers");
            while (reader.ReadLine().Length > 0) continue;
            status = ReadStatus(reader);
        }

        long? length = null;
        var chunked = false;
        while (true)
        {
            var line = reader.ReadLine();
            if (line.Length == 0) break;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw Garbage("a header without a name");
            var name = line.AsSpan(0, colon);
            var value = line.AsSpan(colon + 1).Trim();
            if (name.Equals("content-length", StringComparison.OrdinalIgnoreCase))
            {
                if (length is not null || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var stated)) throw Garbage("a bad Content-Length");
                length = stated;
            }
            else if (name.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase))
            {
                if (chunked || !value.Equals("chunked", StringComparison.OrdinalIgnoreCase)) throw Garbage("a bad Transfer-Encoding");
                chunked = true;
            }
        }

        if (chunked == length is not null) throw Garbage("it does not say how long it is");
        return new HttpAnswer(status, chunked ? ReadChunks(reader) : ReadWhole(reader, length!.Value));
    }

    private static int ReadStatus(HttpReader reader)
    {
        var line = reader.ReadLine();
        var isHttp = line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || line.StartsWith("HTTP/1.0 ", StringComparison.Ordinal);
        if (!isHttp || line.Length < 12 || (line.Length > 12 && line[12] != ' ') ||
            !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100)
        {
            throw Garbage("it is not HTTP");
        }

        return status;
    }

    private static byte[] ReadWhole(HttpReader reader, long length)
    {
        if (length > MaxBody) throw Garbage("it is too long");
        var body = new byte[length];
        reader.ReadExactly(body);
        return body;
    }

    private static byte[] ReadChunks(HttpReader reader)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var line = reader.ReadLine();
            var end = line.IndexOf(';', StringComparison.Ordinal);
            var digits = (end < 0 ? line : line[..end]).AsSpan().Trim();
            if (digits.Length is 0 or > 8 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) || size < 0) throw Garbage("a bad chunk");
            if (size == 0) break;
            if (size > MaxBody - body.WrittenCount) throw Garbage("it is too long");
            reader.ReadExactly(body.GetSpan(size)[..size]);
            body.Advance(size);
            if (reader.ReadLine().Length != 0) throw Garbage("a bad chunk");
        }

        while (reader.ReadLine().Length > 0) continue;
        return body.WrittenSpan.ToArray();
    }

    internal static HookFailure Garbage(string why) => new($"the gateway's answer cannot be understood: {why}. Is something else listening there?");
}

/// <summary>A complete answer.</summary>
internal readonly record struct HttpAnswer(int Status, byte[] Body);
