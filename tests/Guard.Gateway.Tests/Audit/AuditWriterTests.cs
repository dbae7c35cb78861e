using Guard.Gateway.Audit;
using Guard.Gateway.Metrics;
using Guard.Gateway.Storage;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Gateway.Tests.Audit;

public abstract class AuditWriterTests(StoreKind kind) : IDisposable
{
    private readonly TestStore _store = new(kind);

    private protected IDatabase Store => _store.Database;

    [Fact]
    public async Task Append_OfManyAtOnce_CommitsThemInOneGroup()
    {
        var store = new GatedStore(Store.OpenAuditStore());
        await using var writer = Writer(store);
        var first = writer.AppendAsync(Decision(Some.Trace()));
        await store.Entered.Task;
        var rest = Enumerable.Range(0, 50).Select(_ => writer.AppendAsync(Decision(Some.Trace()))).ToList();

        store.Open();

        (await Task.WhenAll([first, .. rest])).Should().OnlyContain(result => result == AppendResult.Appended);
        store.Groups.Should().Equal(1, 50);
        Stored().Should().HaveCount(51);
    }

    [Fact]
    public async Task Append_OfADuplicateInAGroup_HarmsNoOther()
    {
        var store = new GatedStore(Store.OpenAuditStore());
        await using var writer = Writer(store);
        var trace = Some.Trace();
        var first = writer.AppendAsync(Decision(trace));
        await store.Entered.Task;
        var before = writer.AppendAsync(Decision(Some.Trace()));
        var duplicate = writer.AppendAsync(Decision(trace));
        var after = writer.AppendAsync(Decision(Some.Trace()));

        store.Open();

        (await Task.WhenAll(first, before, duplicate, after)).Should().Equal(AppendResult.Appended, AppendResult.Appended, AppendResult.Duplicate, AppendResult.Appended);
        store.Groups.Should().Equal(1, 3);
        Stored().Should().HaveCount(3);
    }

    [Fact]
    public async Task Append_ThatAnswersAtOnce_IsAnsweredByThePoolAndNotByTheWriter()
    {
        var store = new GatedStore(Store.OpenAuditStore());
        await using var writer = Writer(store);
        var trace = Some.Trace();
        var first = writer.AppendAsync(Decision(trace));
        await store.Entered.Task;
        var rest = Enumerable.Range(0, 50).Select(i => Answer(i == 20 ? trace : Some.Trace())).ToList();

        store.Open();

        var answers = await Task.WhenAll(rest);
        answers.Select(static answer => answer.Result).Should().Equal(Enumerable.Range(0, 50).Select(static i => i == 20 ? AppendResult.Duplicate : AppendResult.Appended));
        answers.Should().OnlyContain(static answer => answer.ByPool);
        (await first).Should().Be(AppendResult.Appended);

        Task<(AppendResult Result, bool ByPool)> Answer(string of) => writer.AppendAsync(Decision(of), answersAtOnce: true)
            .ContinueWith(static done => (done.Result, Thread.CurrentThread.IsThreadPoolThread), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    [Fact]
    public async Task Dispose_WhileTheStoreHangs_RefusesWhatWaits()
    {
        var store = new GatedStore(Store.OpenAuditStore());
        var writer = Writer(store, deadline: TimeSpan.FromMilliseconds(200));
        var hanging = writer.AppendAsync(Decision(Some.Trace()));
        await store.Entered.Task;
        var waiting = writer.AppendAsync(Decision(Some.Trace()), answersAtOnce: true);

        await writer.DisposeAsync();

        await ((Func<Task>)(() => Task.WhenAll(hanging))).Should().ThrowAsync<AuditUnavailableException>();
        await ((Func<Task>)(() => waiting)).Should().ThrowAsync<AuditUnavailableException>();
        store.Open();
    }

    [Fact]
    public async Task Append_WithTheQueueFull_IsRefusedAtOnce()
    {
        var store = new GatedStore(Store.OpenAuditStore());
        await using var writer = Writer(store, queue: 2);
        var hanging = writer.AppendAsync(Decision(Some.Trace()));
        await store.Entered.Task;
        var queued = new[] { writer.AppendAsync(Decision(Some.Trace())), writer.AppendAsync(Decision(Some.Trace())) };

        var overflow = () => writer.AppendAsync(Decision(Some.Trace()));

        (await overflow.Should().ThrowAsync<AuditUnavailableException>()).WithMessage("the audit queue is full (2 events wait)*");
        store.Open();
        await Task.WhenAll([hanging, .. queued]);
        Stored().Should().HaveCount(3, "what was accepted is not lost");
    }

    [Fact]
    public async Task Append_ThatGaveUpBeforeItsTurn_IsNotStored()
    {
        var store = new GatedStore(Store.OpenAuditStore());
        await using var writer = Writer(store, deadline: TimeSpan.FromMilliseconds(50));
        var hanging = writer.AppendAsync(Decision(Some.Trace()));
        await store.Entered.Task;
        var waiting = () => writer.AppendAsync(Decision(Some.Trace()));

        (await waiting.Should().ThrowAsync<AuditUnavailableException>()).WithMessage("the store did not commit the audit event within 0.05 s");
        await ((Func<Task>)(() => hanging)).Should().ThrowAsync<AuditUnavailableException>();
        writer.Failure.Should().Be("the store is too slow");
        store.Open();
        await writer.DisposeAsync();

        store.Groups.Should().Equal(1);
    }

    [Fact]
    public async Task Append_WhileTheStoreFails_IsRefusedAndWorksAgainLater()
    {
        var store = new FailingStore(Store.OpenAuditStore()) { Fails = true };
        await using var writer = Writer(store);
        var append = () => writer.AppendAsync(Decision(Some.Trace()));

        (await append.Should().ThrowAsync<AuditUnavailableException>()).WithMessage("the store failed: disk I/O error");
        writer.Failure.Should().Be("disk I/O error");
        store.Fails = false;

        (await append()).Should().Be(AppendResult.Appended);
        writer.Failure.Should().BeNull();
    }

    [Fact]
    public async Task Append_OfOneAfterAnother_CommitsEachWithoutTheWritersThread()
    {
        var store = new AloneStore(Store.OpenAuditStore());
        store.Open();
        await using var writer = await IdleAsync(store);
        var before = store.Groups.Count;

        for (var i = 0; i < 5; i++)
        {
            (await writer.AppendAsync(Decision(Some.Trace()), answersAtOnce: true)).Should().Be(AppendResult.Appended);
        }

        store.Groups.Should().HaveCount(before);
        writer.Failure.Should().BeNull();
        Stored().Should().HaveCount(store.Alone + store.Groups.Sum());
    }

    [Fact]
    public async Task Append_WhileAnotherIsCommittedAlone_WaitsForItsGroup()
    {
        var store = new AloneStore(Store.OpenAuditStore());
        await using var writer = await IdleAsync(store);
        var trace = Some.Trace();
        var before = store.Groups.Sum();
        var alone = writer.AppendAsync(Decision(trace), answersAtOnce: true);
        var rest = Enumerable.Range(0, 20).Select(i => writer.AppendAsync(Decision(i == 7 ? trace : Some.Trace()), answersAtOnce: i % 2 == 0)).ToList();
        alone.IsCompleted.Should().BeFalse();

        store.Open();

        (await alone).Should().Be(AppendResult.Appended);
        (await Task.WhenAll(rest)).Should().Equal(Enumerable.Range(0, 20).Select(static i => i == 7 ? AppendResult.Duplicate : AppendResult.Appended));
        store.Alone.Should().Be(1);
        store.Groups.Sum().Should().Be(before + 20);
    }

    [Fact]
    public async Task Append_WhoseCommitAloneHangs_IsRefusedInTimeAndHoldsUpNoStop()
    {
        var store = new AloneStore(Store.OpenAuditStore());
        var writer = await IdleAsync(store, TimeSpan.FromMilliseconds(200));
        var alone = () => writer.AppendAsync(Decision(Some.Trace()), answersAtOnce: true);
        var waiting = () => writer.AppendAsync(Decision(Some.Trace()), answersAtOnce: true);

        (await alone.Should().ThrowAsync<AuditUnavailableException>()).WithMessage("the store did not commit the audit event within 0.2 s");
        await waiting.Should().ThrowAsync<AuditUnavailableException>();
        await writer.DisposeAsync();

        store.Alone.Should().Be(1);
        store.Open();
    }

    [Fact]
    public async Task Append_AfterTheStop_IsRefused()
    {
        var writer = Writer(Store.OpenAuditStore());
        await writer.DisposeAsync();

        var append = () => writer.AppendAsync(Decision(Some.Trace()));

        await append.Should().ThrowAsync<AuditUnavailableException>();
    }

    [Theory]
    [InlineData("UPDATE audit_event SET effect = 'allow'", "audit events are never changed")]
    [InlineData("DELETE FROM audit_event", "audit events are never deleted")]
    public async Task Record_ForAnyStatementOfTheGateway_IsAppendOnly(string sql, string message)
    {
        await using var writer = Writer(Store.OpenAuditStore());
        await writer.AppendAsync(Decision(Some.Trace()));
        using var connection = Store.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;

        ((Func<int>)command.ExecuteNonQuery).Should().Throw<System.Data.Common.DbException>().WithMessage($"*{message}*");
        Stored().Should().HaveCount(1);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static AuditWriter Writer(IAuditStore store, int queue = 100, TimeSpan? deadline = null) =>
        new(store, new AuditWriterOptions(queue, deadline ?? TimeSpan.FromSeconds(30)), new GatewayMetrics("test"), TimeProvider.System, NullLogger<AuditWriter>.Instance);

    // Behind a first event that may be committed by either way: from then on the writer has nothing to do.
    private protected static async Task<AuditWriter> IdleAsync(AloneStore store, TimeSpan? deadline = null)
    {
        var writer = Writer(store, deadline: deadline);
        await writer.AppendAsync(Decision(Some.Trace()));
        await Eventually.BecomesAsync(() => Task.FromResult(writer.IsIdle), true);
        return writer;
    }

    private protected static AuditRecord Decision(string trace) => AuditRecord.Of(new AuditEvent
    {
        Id = Guid.CreateVersion7().ToString(),
        Time = TimeProvider.System.GetUtcNow(),
        Kind = AuditKinds.Decision,
        Organisation = "default",
        AgentId = "01920000-0000-7000-8000-0000000000aa",
        TraceId = trace,
        Effect = Effects.Deny,
    }, RetentionClass.None);

    private protected IReadOnlyList<AuditEvent> Stored() => new AuditReader(Store).Page(new AuditQuery()).Events;
}

/// <inheritdoc/>
public sealed class SqliteAuditWriterTests() : AuditWriterTests(StoreKind.Sqlite)
{
    [Fact]
    public void Store_Connected_SynchronisesEveryCommit()
    {
        using var connection = Store.Connect();

        Pragma("journal_mode").Should().Be("wal");
        Pragma("synchronous").Should().Be(2L, "FULL");
        Pragma("foreign_keys").Should().Be(1L);

        object? Pragma(string name)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return command.ExecuteScalar();
        }
    }
}

/// <inheritdoc/>
public sealed class PostgresAuditWriterTests() : AuditWriterTests(StoreKind.Postgres)
{
    /// <summary>Whether it is stored is not known then: it is appended again, and what is stored already counts as stored.</summary>
    [Fact]
    public async Task Append_WhoseCommitAloneLosesItsAnswer_IsStoredOnceAndAnswered()
    {
        var store = new AloneStore(Store.OpenAuditStore()) { LosesAnswers = true };
        store.Open();
        await using var writer = await IdleAsync(store);
        var before = Stored().Count;

        (await writer.AppendAsync(Decision(Some.Trace()), answersAtOnce: true)).Should().Be(AppendResult.Appended);

        store.Alone.Should().Be(1);
        Stored().Should().HaveCount(before + 1);
        writer.Failure.Should().BeNull();
    }
}
