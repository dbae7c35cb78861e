using System.Text;
using Guard.Proof.Leaves;
using Guard.Proof.Log;

namespace Guard.Proof.Tests.Log;

/// <summary>What somebody with the database can do, and that each is found against what was published.</summary>
public sealed class LogVerifierTests
{
    [Fact]
    public void Verify_UntouchedLog_Holds()
    {
        using var log = MadeLog.Of(0, 10, 300, 1);

        log.Verify().Should().Be(new LogVerdict(null, null, 311, 0, 0));
        log.Verify([log.Notes[1]]).Holds.Should().BeTrue();
    }

    [Fact]
    public void Verify_ErasedAndExpiredBodies_AreNotTampering()
    {
        using var log = MadeLog.Of(10);
        log.Events[3] = log.Events[3] with { Json = default, Salt = default, State = BodyState.Erased };
        log.Events[4] = log.Events[4] with { Json = default, Salt = default, State = BodyState.Expired };

        log.Verify().Should().Be(new LogVerdict(null, null, 10, 1, 1));
    }

    public static TheoryData<string, long> Damage => new()
    {
        { "body changed", 5 },
        { "body to no JSON", 5 },
        { "body to an inexact number", 5 },
        { "body removed", 5 },
        { "salt removed", 5 },
        { "body and commitment changed", 5 },
        { "retention shortened", 5 },
        { "row removed", 5 },
        { "row inserted", 5 },
        { "rows swapped", 5 },
        { "rows truncated", 15 },
        { "erased and replaced", 5 },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public void Verify_DamagedRows_NamesTheFirstOne(string damage, long index)
    {
        using var log = MadeLog.Of(8, 12);
        Do(log, damage);

        var verdict = log.Verify();

        verdict.Holds.Should().BeFalse();
        verdict.Index.Should().Be(index);
    }

    // The tree is rewritten to fit: the events contradict nothing but what was signed.
    [Theory]
    [InlineData("body and commitment changed")]
    [InlineData("row removed")]
    [InlineData("row inserted")]
    [InlineData("rows swapped")]
    [InlineData("rows truncated")]
    public void Verify_DamagedRowsAndRewrittenTree_IsFoundAgainstThePublishedCheckpoint(string damage)
    {
        using var log = MadeLog.Of(8, 12);
        Do(log, damage);
        log.RewriteTiles();

        log.Verify([log.Notes[^1]]).Holds.Should().BeFalse();
        log.Verify([]).Holds.Should().BeTrue("without a checkpoint from outside nothing can tell: that is why it is published");
    }

    [Fact]
    public void Verify_OldCheckpointAlone_VouchesForItsOwnEventsOnly()
    {
        using var log = MadeLog.Of(8, 12);
        log.Events.RemoveRange(10, 10);
        log.RewriteTiles();

        log.Verify([log.Notes[0]]).Holds.Should().BeTrue();
        log.Verify([log.Notes[0], log.Notes[1]]).Holds.Should().BeFalse();
    }

    private static void Do(MadeLog log, string damage)
    {
        var five = log.Events[5];
        switch (damage)
        {
            case "body changed":
                log.Events[5] = five with { Json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(five.Json.Span).Replace("\"n\":", "\"n\":1", StringComparison.Ordinal)) };
                break;
            case "body to no JSON":
                log.Events[5] = five with { Json = "{"u8.ToArray() };
                break;
            case "body to an inexact number":
                log.Events[5] = five with { Json = "9007199254740993"u8.ToArray() };
                break;
            case "body removed":
                log.Events[5] = five with { Json = default };
                break;
            case "salt removed":
                log.Events[5] = five with { Salt = default };
                break;
            case "body and commitment changed":
                log.Events[5] = five with { Json = "{}"u8.ToArray(), Leaf = EventLeaf.Commit(five.Leaf.Id, "{}"u8, five.Salt.Span) };
                break;
            case "retention shortened":
                log.Events[5] = five with { Leaf = five.Leaf with { RetentionDays = five.Leaf.RetentionDays - 1 } };
                break;
            case "row removed":
                log.Events.RemoveAt(5);
                break;
            case "row inserted":
                log.Events.Insert(5, log.Make());
                break;
            case "rows swapped":
                (log.Events[5], log.Events[6]) = (log.Events[6], log.Events[5]);
                break;
            case "rows truncated":
                log.Events.RemoveRange(15, 5);
                break;
            case "erased and replaced":
                log.Events[5] = five with { State = BodyState.Erased };
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage), damage, null);
        }
    }
}
