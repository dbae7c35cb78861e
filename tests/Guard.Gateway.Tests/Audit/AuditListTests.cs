using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Storage;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

/// <summary>Lists with several filters, over a record whose values are unevenly frequent.</summary>
public abstract class AuditListTests : IDisposable
{
    // More than one stretch of the index by session in SQLite.
    private const int Events = 5_000;
    private readonly TestStore _store;
    private readonly List<AuditEvent> _events = [];

    protected AuditListTests(StoreKind kind)
    {
        _store = new TestStore(kind);
        using var audit = _store.Database.OpenAuditStore();
        var begin = DateTimeOffset.UtcNow.AddMinutes(-Events);
        var agents = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7().ToString()).ToList();
        for (var i = 0; i < Events; i++)
        {
            // Each third event is a little older than the one before it.
            var time = begin.AddMinutes(i % 3 == 2 ? i - 5 : i);
            var agent = i % 500 == 0 ? 3 : i % 10 == 0 ? 2 : i % 3 == 0 ? 1 : 0;
            _events.Add(new AuditEvent
            {
                Position = i + 1,
                Id = Guid.CreateVersion7(time).ToString(),
                Time = DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()),
                Kind = AuditKinds.Decision,
                Organisation = "default",
                AgentId = agents[agent],
                AgentName = $"agent-{agent}",
                SessionId = i % 50 == 9 ? "session-all-along" : $"session-{i / 200}",
                ToolUseId = $"toolu_{i % 50}_{i / 150}",
                TraceId = Guid.CreateVersion7(time).ToString(),
                Tool = i % 250 == 1 ? "WebFetch" : i % 4 == 0 ? "Bash" : "Read",
                Action = i % 4 == 0 ? "execute:shell" : "read:file",
                Effect = i % 20 == 5 ? Effects.Deny : Effects.Allow,
                Answer = Effects.Allow,
                Policy = i % 2 == 0 ? "one" : "two",
                Rule = $"rule-{i % 7}",
            });
        }

        foreach (var group in _events.Chunk(500))
        {
            audit.Append([.. group.Select(static e => AuditRecord.Of(e, RetentionClass.None))]).Should().AllBeEquivalentTo(AppendResult.Appended);
        }
    }

    internal IDatabase Database => _store.Database;

    [Fact]
    public void Page_OfAnyTwoFilters_HoldsWhatPassesBoth()
    {
        (Func<AuditQuery, AuditQuery> Set, Func<AuditEvent, bool> Passes)[] filters =
        [
            (query => query with { Agent = "agent-0" }, e => e.AgentName == "agent-0"),
            (query => query with { Agent = "agent-3" }, e => e.AgentName == "agent-3"),
            (query => query with { Agent = _events[0].AgentId }, e => e.AgentId == _events[0].AgentId),
            (query => query with { Tool = "Read" }, e => e.Tool == "Read"),
            (query => query with { Tool = "WebFetch" }, e => e.Tool == "WebFetch"),
            (query => query with { Action = "execute:shell" }, e => e.Action == "execute:shell"),
            (query => query with { Decision = Effects.Deny }, e => e.Effect == Effects.Deny),
            (query => query with { Session = "session-7" }, e => e.SessionId == "session-7"),
            (query => query with { Session = "session-all-along" }, e => e.SessionId == "session-all-along"),
            (query => query with { Session = "session-none" }, _ => false),
            (query => query with { Policy = "two" }, e => e.Policy == "two"),
            (query => query with { Rule = "rule-3" }, e => e.Rule == "rule-3"),
            (query => query with { Trace = _events[1500].TraceId }, e => e.TraceId == _events[1500].TraceId),
            (query => query with { Kind = AuditKinds.Decision }, e => e.Kind == AuditKinds.Decision),
            (query => query with { Kind = AuditKinds.Outcome }, e => e.Kind == AuditKinds.Outcome),
            (query => query with { From = Milliseconds(1_000) }, e => e.Time >= _events[1_000].Time),
            (query => query with { To = Milliseconds(2_000) }, e => e.Time < _events[2_000].Time),
            (query => query with { From = Milliseconds(1_000), To = Milliseconds(1_004) }, e => e.Time >= _events[1_000].Time && e.Time < _events[1_004].Time),
            (query => query with { From = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds() }, _ => false),
            (query => query with { Before = 700 }, e => e.Position < 700),
            (query => query with { Before = 2_049 }, e => e.Position < 2_049),
        ];
        var reader = new AuditReader(Database);
        foreach (var one in filters)
        {
            foreach (var two in filters)
            {
                var query = two.Set(one.Set(new AuditQuery()));

                var page = reader.Page(query);

                // Where both set the same filter, the later one holds.
                var isOverwritten = one.Set(query) != query;
                if (!isOverwritten)
                {
                    page.Events.Select(e => e.Position).Should().Equal(_events.Where(e => one.Passes(e) && two.Passes(e)).Select(e => e.Position).Reverse().Take(query.Limit), query.ToString());
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2_047)]
    [InlineData(2_048)]
    [InlineData(4_090)]
    [InlineData(5_000)]
    public void Page_OfASessionBehindAPosition_HoldsItsFirstEventsFromThere(int after)
    {
        var query = new AuditQuery { Session = "session-all-along", After = after, Limit = 20 };

        var page = new AuditReader(Database).Page(query);

        page.Events.Select(e => e.Position).Should().Equal(_events.Where(e => e.SessionId == query.Session && e.Position > after).Select(e => e.Position).Take(query.Limit).Reverse());
    }

    /// <summary>Three decisions each are about the same call, some of them far apart.</summary>
    [Theory]
    [InlineData(4_999)]
    [InlineData(2_110)]
    [InlineData(60)]
    [InlineData(9)]
    public void FindDecision_OfACall_IsTheLatestOfTheAgentsOwn(int of)
    {
        var one = _events[of];

        var found = new AuditReader(Database).FindDecision(one.AgentId!, one.SessionId!, one.ToolUseId!);

        found!.Id.Should().Be(_events.Last(e => e.AgentId == one.AgentId && e.SessionId == one.SessionId && e.ToolUseId == one.ToolUseId).Id);
    }

    [Fact]
    public void FindDecision_OfACallOfAnotherAgentOrSession_IsNone()
    {
        var one = _events[2_110];
        var reader = new AuditReader(Database);

        reader.FindDecision(Guid.NewGuid().ToString(), one.SessionId!, one.ToolUseId!).Should().BeNull();
        reader.FindDecision(one.AgentId!, "session-none", one.ToolUseId!).Should().BeNull();
        reader.FindDecision(one.AgentId!, one.SessionId!, "toolu_none").Should().BeNull();
    }

    public void Dispose() => _store.Dispose();

    private long Milliseconds(int position) => _events[position].Time.ToUnixTimeMilliseconds();
}

/// <inheritdoc/>
public sealed class SqliteAuditListTests() : AuditListTests(StoreKind.Sqlite)
{
    /// <summary>The values decide, not the columns: of the same two filters once the one and once the other passes fewer events.</summary>
    [Theory]
    [InlineData("agent-3", "Read", null, null, " INDEXED BY audit_event_agent_name")]
    [InlineData("agent-0", "WebFetch", null, null, " INDEXED BY audit_event_tool")]
    [InlineData("agent-0", null, Effects.Deny, null, " INDEXED BY audit_event_effect")]
    [InlineData("agent-0", "Read", Effects.Allow, "session-3", " NOT INDEXED")]
    [InlineData("agent-0", null, null, null, " INDEXED BY audit_event_agent_name")]
    [InlineData(null, null, null, null, "")]
    public void List_OfSeveralFilters_GoesByTheOneThatTheFewestPass(string? agent, string? tool, string? decision, string? session, string hint)
    {
        var query = new AuditQuery { Agent = agent, Tool = tool, Decision = decision, Session = session };
        using var connection = Database.Connect();

        AuditRoute.Of(connection, query, [.. query.Conditions(Database.Sql)]).Hint.Should().Be(hint);
    }

    /// <summary>Neither the whole table nor the whole session is sorted for a page: it reads the session's events by their positions.</summary>
    [Theory]
    [InlineData(null, null)]
    [InlineData(4_000L, null)]
    [InlineData(null, 100L)]
    public void List_OfASession_ReadsTheEventsOfItsPositions(long? before, long? after)
    {
        var query = new AuditQuery { Session = "session-3", Tool = "Read", Before = before, After = after };
        using var connection = Database.Connect();
        var route = AuditRoute.Of(connection, query, [.. query.Conditions(Database.Sql)]);

        var plan = connection.Query($"EXPLAIN QUERY PLAN SELECT body FROM audit_event{route.Hint} WHERE {string.Join(" AND ", route.Conditions)} ORDER BY position DESC LIMIT 101", query).Select(static step => (string)step.detail).ToList();

        plan[0].Should().Be("SEARCH audit_event USING INTEGER PRIMARY KEY (rowid=?)");
        plan.Should().Contain(static step => step.Contains("COVERING INDEX audit_event_session (<expr>=? AND session_id=?)", StringComparison.Ordinal));
        plan.Should().NotContain(static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    [Fact]
    public void List_OfAStretchOfPositions_CountsOnlyThere()
    {
        var query = new AuditQuery { Agent = "agent-2", Tool = "Bash", Before = 25 };
        using var connection = Database.Connect();
        var rows = connection.QuerySingle<(long Agent, long Tool)>("SELECT sum(agent_name = 'agent-2'), sum(tool = 'Bash') FROM audit_event WHERE position < 25");
        rows.Agent.Should().BeLessThan(rows.Tool);

        AuditRoute.Of(connection, query, [.. query.Conditions(Database.Sql)]).Hint.Should().Be(" INDEXED BY audit_event_agent_name");
    }
}

/// <inheritdoc/>
public sealed class PostgresAuditListTests() : AuditListTests(StoreKind.Postgres);
