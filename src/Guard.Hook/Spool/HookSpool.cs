using Guard.Agents.ClaudeCode;
using Guard.Hook.Gateway;
using Guard.Protocol;

namespace Guard.Hook.Spool;

/// <summary>
/// Keeps what no gateway took: outcomes, and denials that the hook made by itself. The next call that a gateway answers hands
/// it over, after its own answer is written.
/// </summary>
internal sealed class HookSpool(SpoolFile? file, string traceId, Func<GatewayClient> gateway)
{
    /// <summary>What is done after the answer ends within this time, in seconds.</summary>
    public const double MostSeconds = 1;

    // Below what the spool may hold: the rest is for the calls after this one.
    private const int PieceBytes = 128 * 1024;
    private const double PieceSeconds = 0.5;

    private const int FlushBytes = 512 * 1024;
    private const double FlushSeconds = 30;
    private const double LockSeconds = 0.8;

    /// <summary>Keeps an outcome.</summary>
    /// <returns>False: it is lost, and a gap in the numbers will show it.</returns>
    public bool KeepOutcome(ReadOnlyMemory<byte> request) => Keep(SpoolLine.Outcome(NewId(), request));

    /// <summary>Keeps a denial that the hook made by itself.</summary>
    /// <param name="hook">The identity that the call's request had.</param>
    /// <param name="answer">What the client was told.</param>
    /// <param name="request">What was asked, or would have been; empty: it could not be stated.</param>
    /// <param name="shorter">The same with less in it, for one that is too large.</param>
    public void KeepDenial(HookInfo hook, ClaudeCodeAnswer answer, ReadOnlyMemory<byte> request, Func<ReadOnlyMemory<byte>>? shorter)
    {
        var line = Line(request);
        if (line.Length > SpoolRequest.MaxLineBytes && shorter is not null) line = Line(shorter());
        if (line.Length > SpoolRequest.MaxLineBytes) line = Line(default);
        Keep(line);

        ReadOnlyMemory<byte> Line(ReadOnlyMemory<byte> body) => SpoolLine.Denial(NewId(), traceId, hook, answer.Error ?? "", body);
    }

    /// <summary>Hands over a piece, if there is anything. A gateway has just answered.</summary>
    public void HandOver(Deadline deadline)
    {
        if (file is null || file.IsEmpty() || deadline.Left == 0) return;
        var taken = file.TakeLast(PieceBytes, Deadline.After(0), lines => Deliver(lines, PieceSeconds));
        TraceLog.Write(taken ? "handed over a piece of the spool" : "the spool was not handed over");
    }

    /// <summary>Hands over everything.</summary>
    /// <returns>How many events a gateway has settled.</returns>
    /// <exception cref="HookFailure">Not all of it was.</exception>
    public int Flush(Deadline deadline)
    {
        var settled = 0;
        while (file is { } spool && !spool.IsEmpty())
        {
            var taken = spool.TakeLast(FlushBytes, deadline.AtMost(FlushSeconds), lines =>
            {
                var (body, count) = SpoolLine.Request(lines.Span);
                if (count > 0) gateway().HandOver(traceId, body, count, FlushSeconds);
                settled += count;
                return true;
            });
            if (!taken) throw new HookFailure("the spool in `stateDirectory` cannot be read and shortened: it is used by another hook, or is no file of this account. Try again, or remove it");
        }

        return settled;
    }

    private bool Deliver(ReadOnlyMemory<byte> lines, double seconds)
    {
        var (body, count) = SpoolLine.Request(lines.Span);
        try
        {
            if (count > 0) gateway().HandOver(traceId, body, count, seconds);
            return true;
        }
        catch (HookFailure failure)
        {
            TraceLog.Write(failure.Message);
            return false;
        }
    }

    private bool Keep(ReadOnlyMemory<byte> line)
    {
        var kept = file is not null && line.Length <= SpoolRequest.MaxLineBytes && file.Append(line.Span, Deadline.After(LockSeconds));
        TraceLog.Write(kept ? $"kept in the spool, {line.Length} bytes" : "not kept: the spool is full or cannot be written");
        return kept;
    }

    private static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
}
