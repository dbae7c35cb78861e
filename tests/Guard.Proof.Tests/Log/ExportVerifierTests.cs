using System.Text;
using Guard.Proof.Leaves;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Proof.Tests.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Log;

/// <summary>The lines of an export, whole, changed and damaged.</summary>
public sealed class ExportVerifierTests : IDisposable
{
    private readonly MadeLog _log = MadeLog.Of(5, 7);

    [Fact]
    public void Entry_WrittenAndRead_IsTheSame()
    {
        var stored = _log.Events[3];
        foreach (var entry in new LogExportEntry[]
        {
            new(stored, stored.Leaf.Hash(), null),
            new(stored, null, "effect"),
            new(stored with { Json = default, Salt = default, State = BodyState.Erased }, stored.Leaf.Hash(), null),
            new(stored with { Json = default, Salt = default, State = BodyState.Expired }, null, null),
        })
        {
            var line = LogExportReader.Entry(entry);
            line[^1].Should().Be((byte)'\n');
            var read = LogExportReader.Parse(line.AsMemory(0, line.Length - 1));

            (read.Logged, read.ChangedColumn, read.Event.Leaf, read.Event.State).Should().Be((entry.Logged, entry.ChangedColumn, entry.Event.Leaf, entry.Event.State));
            read.Event.Json.ToArray().Should().Equal(entry.Event.Json.ToArray());
            read.Event.Salt.ToArray().Should().Equal(entry.Event.Salt.ToArray());
        }
    }

    [Fact]
    public void Export_OfAWholeLog_Holds() => Verify(Lines()).Should().Be(new LogVerdict(null, null, 12, 0, 0));

    /// <summary>What stands in the store as a body is the event, whatever it looks like.</summary>
    [Theory]
    [InlineData("{},\"state\":\"erased\"")]
    [InlineData("{}}\n{\"end\":1}")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"id\":")]
    public void Body_ThatLooksLikeTheRestOfALine_IsTheChangedEvent(string body)
    {
        _log.Events[4] = _log.Events[4] with { Json = Encoding.UTF8.GetBytes(body) };

        var verdict = Verify(Lines());

        verdict.Index.Should().Be(4);
        verdict.Problem.Should().Contain($"{_log.Events[4].Leaf.Id}");
        verdict.Size.Should().Be(12);
    }

    [Fact]
    public void Export_Cut_IsNoExport()
    {
        var lines = Lines();

        foreach (var cut in new[] { lines[..^1], [.. lines[..4], lines[^1]] })
        {
            ((Action)(() => Verify(cut))).Should().Throw<ProofFormatException>().WithMessage("*cut*");
        }

        ((Action)(() => Verify([.. lines, lines[0]]))).Should().Throw<ProofFormatException>().WithMessage("The export goes on behind its end.");
    }

    [Fact]
    public void Body_ErasedBySomethingAnAgentWrote_IsNotErased()
    {
        var erased = _log.Events[2].Leaf.Id;
        // The operation in a decision's input; the kind is not that of administration.
        var json = Encoding.UTF8.GetBytes($$"""{"kind":"decision","change":{"operation":"audit.erase","target":"{{erased}}"} }""");
        Replace(8, json);
        _log.Events[2] = _log.Events[2] with { Json = default, Salt = default, State = BodyState.Erased };

        Verify(Lines(), heads: []).Problem.Should().Be($"Event {erased} at index 2 has no body, and no event says that it was erased: it was removed.");

        Replace(8, Encoding.UTF8.GetBytes($$"""{"kind":"administration","change":{"operation":"audit.erase","target":"{{erased}}"} }"""));
        Verify(Lines(), heads: []).Should().Be(new LogVerdict(null, null, 12, 1, 0));
    }

    /// <summary>The time of all ids is before August; events 4 and 7 are kept for 30 days, 5 and 8 for 60, 3 and 6 until somebody ends it.</summary>
    [Theory]
    [InlineData(4, "2025-08-01T00:00:00.000Z class 30", true)]
    [InlineData(4, "2025-08-01T00:00:00.000Z class 60", false)]
    [InlineData(4, "2025-08-01T00:00:00.000Z", false)]
    [InlineData(4, "2025-07-01T00:00:00.000Z class 30", false)]
    [InlineData(4, "2025-08-01T00:00:00.000Z class 30 and 60", false)]
    [InlineData(4, "2025-08-01T00:00:00.000Z class 0", false)]
    [InlineData(5, "2025-08-01T00:00:00.000Z class 30", false)]
    [InlineData(5, "2025-08-01T00:00:00.000Z class 60", true)]
    [InlineData(3, "2025-08-01T00:00:00.000Z", true)]
    [InlineData(3, "2025-08-01T00:00:00.000Z class 30", false)]
    [InlineData(3, "class 30", false)]
    public void Body_SaidToHaveExpired_NeedsAnExpiryOfItsOwnRetention(int index, string target, bool holds)
    {
        var expired = _log.Events[index].Leaf.Id;
        Replace(9, Encoding.UTF8.GetBytes($$"""{"kind":"administration","change":{"operation":"audit.expire","target":"{{target}}"} }"""));
        _log.Events[index] = _log.Events[index] with { Json = default, Salt = default, State = BodyState.Expired };

        Verify(Lines(), heads: []).Should().Be(holds
            ? new LogVerdict(null, null, 12, 0, 1)
            : new LogVerdict($"Event {expired} at index {index} has no body, and no event says that its retention has ended: it was removed.", index, 12, 0, 1));
    }

    /// <summary>An erasure has the retention of what it erased, and goes with an expiry of it.</summary>
    [Theory]
    [InlineData("2025-08-01T00:00:00.000Z class 30", true)]
    [InlineData("2025-08-01T00:00:00.000Z class 60", false)]
    public void Body_ErasedByAnEventThatHasExpired_NeedsAnExpiryOfItsOwnRetention(string target, bool holds)
    {
        Replace(9, Encoding.UTF8.GetBytes($$"""{"kind":"administration","change":{"operation":"audit.expire","target":"{{target}}"} }"""));
        _log.Events[4] = _log.Events[4] with { Json = default, Salt = default, State = BodyState.Erased };

        Verify(Lines(), heads: []).Holds.Should().Be(holds);
    }

    [Fact]
    public void Line_Damaged_IsRefusedOrAProblemAndNeverHolds()
    {
        var lines = Lines();
        var random = new Random(11);
        for (var i = 0; i < TestRuns.Times(2_000); i++)
        {
            var at = random.Next(lines.Count);
            var damaged = Mutations.Of(lines[at].ToArray(), random);
            if (damaged.AsSpan().SequenceEqual(lines[at].Span))
            {
                continue;
            }

            var changed = new List<ReadOnlyMemory<byte>>(lines) { [at] = damaged };
            try
            {
                // The spelling of an event may differ where its meaning does not, and what the tiles hold may be left out.
                var verdict = Verify(changed);
                (verdict.Holds && !MeansTheSame(lines[at], damaged)).Should().BeFalse(Encoding.UTF8.GetString(damaged));
            }
            catch (ProofFormatException)
            {
                // The other right answer.
            }
        }
    }

    public void Dispose() => _log.Dispose();

    private static bool MeansTheSame(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        if (LogExportReader.KindOf(one.Span) != LogExportReader.KindOf(other.Span))
        {
            return false;
        }

        if (LogExportReader.KindOf(one.Span) != LogExportLine.Entry)
        {
            return LogExportReader.End(one.Span) == LogExportReader.End(other.Span);
        }

        var (a, b) = (LogExportReader.Parse(one).Event, LogExportReader.Parse(other).Event);
        return a.Leaf == b.Leaf && EventLeaf.Commit(b.Leaf.Id, b.Json.Span, b.Salt.Span).Commitment == a.Leaf.Commitment;
    }

    private void Replace(int index, byte[] json)
    {
        var stored = _log.Events[index];
        _log.Events[index] = stored with { Json = json, Leaf = EventLeaf.Commit(stored.Leaf.Id, json, stored.Salt.Span, stored.Leaf.RetentionDays) };
        _log.RewriteTiles();
    }

    private List<ReadOnlyMemory<byte>> Lines() =>
    [
        .. _log.Events.Select((stored, i) => LogExportReader.Entry(new LogExportEntry(stored, new MerkleHash(_log.Tiles[new TileId(0, 0)].Span.Slice(i * 32, 32)), null))[..^1].AsMemory()),
        Encoding.ASCII.GetBytes($"{LogExportReader.EndStart}{_log.Events.Count}}}"),
    ];

    private LogVerdict Verify(IReadOnlyList<ReadOnlyMemory<byte>> lines, IEnumerable<(long Size, MerkleHash Root)>? heads = null)
    {
        var verifier = new ExportVerifier(heads ?? _log.Notes.Select(note => Checkpoint.Open(note, TestKeys.Origin, [_log.Signer.Verifier])).Select(static head => (head.Size, head.Root)));
        verifier.Add(lines);
        return verifier.Finish();
    }
}
