using Guard.Gateway.Hosting;
using Guard.Protocol;

namespace Guard.Gateway.Audit.Spool;

/// <summary>
/// The gateway's own file of events that were acknowledged and are not in the store yet. What <see cref="Append"/> has
/// returned for survives a power cut.
/// </summary>
/// <remarks>Used by one thread at a time. One gateway has it: it is held open, exclusively, as long as that runs.</remarks>
internal sealed class GatewaySpool : IDisposable
{
    private const string FileName = "gateway.spool";
    private readonly FileStream _file;
    private readonly long _maxBytes;

    // The beginning of what is not handed over yet, and the end of what is whole.
    private long _from;
    private long _end;

    private GatewaySpool(FileStream file, long maxBytes)
    {
        _file = file;
        _maxBytes = maxBytes;
    }

    /// <summary>Bytes that wait to be handed over.</summary>
    public long Bytes => Volatile.Read(ref _end) - Volatile.Read(ref _from);

    /// <summary>Opens it, making folder (0700) and file (0600) where they are missing. What a crash left half written is cut off: nobody was answered for it.</summary>
    /// <exception cref="GatewayStartException">It cannot be used, is another gateway's, or is damaged.</exception>
    public static GatewaySpool Open(string folder, long maxBytes)
    {
        if (!Path.IsPathFullyQualified(folder))
        {
            throw new GatewayStartException($"The spool's folder {DisplayText.Clean(folder, 200)} must be an absolute path.");
        }

        var path = Path.Combine(folder, FileName);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
                {
                    throw new GatewayStartException($"The spool's folder {folder} can be written by other accounts, who could then replace what is in it. Run `chmod 700 {folder}`.");
                }

                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var spool = new GatewaySpool(new FileStream(path, options), maxBytes);
            try
            {
                spool.FindEnd(path);
                return spool;
            }
            catch
            {
                spool.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GatewayStartException($"The spool {path} cannot be used: {exception.Message} Give each gateway a folder of its own.", exception);
        }
    }

    /// <summary>Adds a group and returns when it is on the disk.</summary>
    /// <exception cref="IOException">It could not be written, or the spool is full: nothing of the group counts.</exception>
    public void Append(IEnumerable<AuditRecord> records)
    {
        using var lines = new MemoryStream();
        foreach (var record in records)
        {
            lines.Write(SpooledRecord.Write(record));
        }

        if (_end + lines.Length > _maxBytes)
        {
            throw new IOException($"the spool is full ({_maxBytes} bytes)");
        }

        try
        {
            _file.Position = _end;
            _file.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length));
            _file.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was written of it is written over by the next group, or cut off at the next start.
            _file.SetLength(_end);
            throw new IOException($"the spool cannot be written: {exception.Message}", exception);
        }

        Volatile.Write(ref _end, _end + lines.Length);
    }

    /// <summary>The next records to hand over, oldest first; empty: there are none.</summary>
    public IReadOnlyList<AuditRecord> Peek(int count, out long upTo)
    {
        var records = new List<AuditRecord>();
        upTo = _from;
        foreach (var (line, end) in Lines(_from, _end))
        {
            records.Add(SpooledRecord.Read(line.Span) ?? throw new InvalidDataException($"the spool is damaged at byte {upTo}"));
            upTo = end;
            if (records.Count == count)
            {
                break;
            }
        }

        return records;
    }

    /// <summary>What <see cref="Peek"/> gave is in the store.</summary>
    public void Settle(long upTo)
    {
        Volatile.Write(ref _from, upTo);
        if (_from < _end)
        {
            return;
        }

        // A crash before this hands the same over again, and the store knows their ids.
        _file.SetLength(0);
        _file.Flush(flushToDisk: true);
        Volatile.Write(ref _end, 0);
        Volatile.Write(ref _from, 0);
    }

    /// <summary>Keeps a record that the store does not take in a file of its own, for people to look at.</summary>
    public void SetAside(AuditRecord record)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var aside = new FileStream(_file.Name + ".refused", options);
        aside.Write(SpooledRecord.Write(record));
        aside.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();

    // Only the last append can be cut; anything that does not fit before it was changed by somebody.
    private void FindEnd(string path)
    {
        var whole = 0L;
        foreach (var (line, end) in Lines(0, _file.Length))
        {
            if (SpooledRecord.Read(line.Span) is null)
            {
                if (IsWholeLineBehind(end))
                {
                    throw new GatewayStartException($"The spool {path} is damaged at byte {whole}: events that were answered stand behind it. Keep a copy, and move the file away to start without them.");
                }

                break;
            }

            whole = end;
        }

        _file.SetLength(whole);
        _end = whole;
    }

    private bool IsWholeLineBehind(long start)
    {
        foreach (var (line, _) in Lines(start, _file.Length))
        {
            if (SpooledRecord.Read(line.Span) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<(ReadOnlyMemory<byte> Line, long End)> Lines(long start, long end)
    {
        var buffer = new byte[256 * 1024];
        var filled = 0;
        var at = start;
        while (at < end)
        {
            var wanted = (int)Math.Min(buffer.Length - filled, end - at - filled);
            var read = RandomAccess.Read(_file.SafeFileHandle, buffer.AsSpan(filled, wanted), at + filled);
            filled += read;
            var used = 0;
            int length;
            while ((length = buffer.AsSpan(used, filled - used).IndexOf((byte)'\n')) >= 0)
            {
                used += length + 1;
                yield return (buffer.AsMemory(used - length - 1, length), at + used);
            }

            if (used == 0 && read == 0)
            {
                // No end of line up to the end of the file: what a crash has cut.
                yield break;
            }

            buffer.AsSpan(used, filled - used).CopyTo(buffer);
            at += used;
            filled -= used;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
