using Guard.Gateway.Audit;
using Guard.Gateway.Audit.Spool;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit.Spool;

/// <summary>The file of acknowledged events, across restarts and cuts.</summary>
public sealed class GatewaySpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.File("spool"), "gateway.spool");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_AreThereAfterAReopening_InTheirOrder()
    {
        var records = Records(5);
        using (var spool = Open())
        {
            spool.Append(records[..2]);
            spool.Append(records[2..]);
        }

        using var again = Open();
        again.Peek(100, out _).Select(record => record.Event.Id).Should().Equal(records.Select(record => record.Event.Id));
        again.Peek(100, out _).Select(record => record.Pin).Should().BeEquivalentTo(records.Select(record => record.Pin));
        again.Peek(100, out _).Select(record => record.Leaf.RetentionDays).Should().Equal(0, 30, 60, 90, 120);
        System.IO.File.GetUnixFileMode(File).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.IO.File.GetUnixFileMode(_folder.File("spool")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Settled_IsNotGivenAgain_AndTheFileIsEmptyInTheEnd()
    {
        var records = Records(5);
        using var spool = Open();
        spool.Append(records);

        spool.Peek(2, out var upTo).Should().HaveCount(2);
        spool.Settle(upTo);
        spool.Peek(100, out upTo).Select(record => record.Event.Id).Should().Equal(records[2..].Select(record => record.Event.Id));
        spool.Settle(upTo);

        spool.Bytes.Should().Be(0);
        new FileInfo(File).Length.Should().Be(0);
    }

    /// <summary>Every length a power cut can leave of the last append.</summary>
    [Fact]
    public void LastAppend_CutAnywhere_IsCutOff_AndCostsNothingBeforeIt()
    {
        var records = Records(3);
        long before;
        using (var spool = Open())
        {
            spool.Append(records[..2]);
            before = spool.Bytes;
            spool.Append(records[2..]);
        }

        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = (int)before; length < whole.Length; length += 13)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using var spool = Open();
            spool.Peek(100, out _).Should().HaveCount(2);
            new FileInfo(File).Length.Should().Be(before);
        }
    }

    [Fact]
    public void Line_ChangedBeforeOthers_IsAReasonNotToStart()
    {
        using (var spool = Open())
        {
            spool.Append(Records(3));
        }

        var bytes = System.IO.File.ReadAllBytes(File);
        bytes[40] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);

        FluentActions.Invoking(Open).Should().Throw<GatewayStartException>().WithMessage("*is damaged at byte 0*");
    }

    [Fact]
    public void Full_NothingOfTheGroupCounts_AndTheSpoolGoesOn()
    {
        using var spool = GatewaySpool.Open(_folder.File("spool"), 4_000);
        var record = Records(1);
        spool.Append(record);

        spool.Invoking(s => s.Append(Records(50))).Should().Throw<IOException>().WithMessage("*is full*");

        spool.Append(Records(1));
        spool.Peek(100, out _).Should().HaveCount(2);
    }

    [Fact]
    public void Folder_OfAnotherGateway_IsRefused()
    {
        using var spool = Open();

        FluentActions.Invoking(Open).Should().Throw<GatewayStartException>().WithMessage("*a folder of its own*");
    }

    [Fact]
    public void Folder_WritableByOthers_IsRefused()
    {
        Directory.CreateDirectory(_folder.File("spool"));
        System.IO.File.SetUnixFileMode(_folder.File("spool"), (UnixFileMode)0b111_111_111);

        FluentActions.Invoking(Open).Should().Throw<GatewayStartException>().WithMessage("*chmod 700*");
    }

    private GatewaySpool Open() => GatewaySpool.Open(_folder.File("spool"), 1024 * 1024);

    private static AuditRecord[] Records(int count) => [.. Enumerable.Range(0, count).Select(i => AuditRecord.HandedOver(
        new AuditEvent { Id = Ids.New(DateTimeOffset.UtcNow), Time = DateTimeOffset.UtcNow, Kind = AuditKinds.Decision, Organisation = "default", Reason = $"line\nfeed {i}" },
        i * 30,
        new SessionPin("agent", $"session {i}", "/w", null, DateTimeOffset.FromUnixTimeSeconds(i))))];
}
