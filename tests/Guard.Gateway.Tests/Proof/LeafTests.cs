using System.Text;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Tests.Stores;
using Guard.Proof.Leaves;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>What stands in the store beside each event, so that it can be proven.</summary>
public abstract class LeafTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public void Event_Stored_HasALeafThatCommitsToItsBodyInTheOrderOfPositions()
    {
        using var store = new TestStore(Kind);
        using var audit = store.Database.OpenAuditStore();
        var trace = Some.Trace();
        audit.Append([Record(), Record(trace: trace)]);

        audit.Append([Record(trace: trace), Record(), Record()]).Should().Equal(AppendResult.Duplicate, AppendResult.Appended, AppendResult.Appended);

        using var connection = store.Database.Connect();
        var rows = connection.Query<Row>("SELECT l.position, CAST(l.id AS text) AS id, commitment, body, salt FROM audit_leaf l LEFT JOIN audit_event e ON e.position = l.position AND e.id = l.id ORDER BY l.position").AsList();
        rows.Should().HaveCount(4, "what is not stored has no leaf");
        foreach (var row in rows)
        {
            EventLeaf.Commit(Guid.Parse(row.Id), Encoding.UTF8.GetBytes(row.Body), row.Salt).Commitment.ToArray().Should().Equal(row.Commitment);
        }

        rows.Select(row => Convert.ToHexString(row.Salt)).Should().OnlyHaveUniqueItems("equal bodies must not show");
    }

    /// <summary>RFC 8785 rounds what a double cannot hold; the record must not.</summary>
    [Theory]
    [InlineData("12345678901234567890", "\"12345678901234567890\"")]
    [InlineData("0.1", "0.1")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("-0.30000000000000000001", "\"-0.30000000000000000001\"")]
    public void Number_InAnInput_IsRecordedExactly(string number, string recorded)
    {
        using var input = JsonDocument.Parse($$"""{"a":[{"n":{{number}},"s":"x"},null,true]}""");

        var record = Record(input.RootElement);

        JsonDocument.Parse(record.Body).RootElement.GetProperty("input").GetRawText().Should().Be($$"""{"a":[{"n":{{recorded}},"s":"x"},null,true]}""");
        record.Event.Input!.Value.GetRawText().Should().Contain(recorded);
    }

    [Fact]
    public async Task Call_WithNumbersThatNoDoubleHolds_IsDecidedAndRecorded()
    {
        await using var gateway = await StartAsync();
        var request = Some.Read() is var read ? read with { Call = read.Call with { Input = JsonDocument.Parse("""{"file_path":"/home/dev/app/README.md","offset":18446744073709551615}""").RootElement } } : null!;

        (await gateway.DecideAsync(request)).Answer.Should().Be(Effects.Allow);

        (await gateway.EventsAsync($"?trace={request.TraceId}")).Events.Single().Input!.Value.GetProperty("offset").GetString().Should().Be("18446744073709551615");
    }

    private static AuditRecord Record(JsonElement? input = null, string? trace = null, int retention = RetentionClass.None) => AuditRecord.Of(new AuditEvent
    {
        Id = Guid.CreateVersion7().ToString(),
        Time = TimeProvider.System.GetUtcNow(),
        Kind = AuditKinds.Decision,
        Organisation = "default",
        AgentId = "01920000-0000-7000-8000-0000000000aa",
        TraceId = trace ?? Some.Trace(),
        Effect = Effects.Deny,
        Input = input,
    }, retention);

    private sealed record Row
    {
        public long Position { get; init; }
        public string Id { get; init; } = "";
        public byte[] Commitment { get; init; } = [];
        public string Body { get; init; } = "";
        public byte[] Salt { get; init; } = [];
    }
}

/// <inheritdoc/>
public sealed class SqliteLeafTests() : LeafTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresLeafTests() : LeafTests(StoreKind.Postgres);
