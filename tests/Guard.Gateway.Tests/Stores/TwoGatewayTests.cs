using System.Collections.Concurrent;
using System.Net;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Tests.Audit;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Stores;

/// <summary>DESIGN, invariant 10: two gateways on one database are as one.</summary>
public sealed class TwoGatewayTests : StoreTests, IAsyncLifetime
{
    private const string DenyAll = "name: everyday\nrules:\n  - id: nothing\n    effect: deny\n    actions: [\"*:*\"]\n";
    private TestGateway _one = null!;
    private TestGateway _two = null!;

    public TwoGatewayTests()
        : base(StoreKind.Postgres)
    {
    }

    public async Task InitializeAsync()
    {
        _one = await StartAsync(policy: null, adjust: static options => options with { Limits = options.Limits with { PerKey = new RateLimit(1_000_000, 1_000_000) } });
        (await _one.ApplyAsync(("a.yaml", Some.Policy))).StatusCode.Should().Be(HttpStatusCode.OK);
        _two = await _one.JoinAsync();
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task Start_OfASecondGateway_IsNoFirstStart()
    {
        _two.Host.FirstStart.Should().BeNull();
        _two.Host.Store.Should().Be(_one.Host.Store).And.StartWith("PostgreSQL 15");
        (await _two.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Policy_AppliedOnOne_HoldsForTheNextDecisionOnTheOther()
    {
        (await _two.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);

        (await _one.ApplyAsync(("a.yaml", DenyAll))).StatusCode.Should().Be(HttpStatusCode.OK);

        (await _two.DecideAsync(Some.Read())).Should().BeEquivalentTo(new { Answer = Effects.Deny, Policy = "everyday", Rule = "nothing" });
    }

    [Fact]
    public async Task Policy_AppliedOnOne_IsListedOnTheOtherWithoutADecision()
    {
        (await _one.ApplyAsync(("b.yaml", DenyAll.Replace("everyday", "second", StringComparison.Ordinal)))).StatusCode.Should().Be(HttpStatusCode.OK);

        await Eventually.BecomesAsync(async () => string.Join(' ', (await PoliciesAsync(_two)).Policies.Select(policy => policy.Name)), "everyday second");
    }

    [Fact]
    public async Task Policies_AppliedOnBothAtOnce_AreAllInForceOnBoth()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"p{i:00}").ToList();

        var answers = await Task.WhenAll(names.Select((name, i) => (i % 2 == 0 ? _one : _two).ApplyAsync(($"{name}.yaml", DenyAll.Replace("everyday", name, StringComparison.Ordinal)))));

        foreach (var answer in answers)
        {
            answer.StatusCode.Should().Be(HttpStatusCode.OK, "it says {0}", await answer.Content.ReadAsStringAsync());
        }

        var all = string.Join(' ', names.Prepend("everyday"));
        await Eventually.BecomesAsync(async () => string.Join(' ', (await PoliciesAsync(_one)).Policies.Select(policy => policy.Name)), all);
        await Eventually.BecomesAsync(async () => string.Join(' ', (await PoliciesAsync(_two)).Policies.Select(policy => policy.Name)), all);
    }

    [Fact]
    public async Task Decisions_OnBothWhilePoliciesChange_AreRecordedOnlyByWhatWasInForce()
    {
        using var stop = new CancellationTokenSource();
        var clients = new[] { _one, _two, _one, _two }.Select(gateway => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await gateway.DecideAsync(Some.Read());
            }
        })).ToList();
        for (var i = 0; i < 10; i++)
        {
            (await (i % 2 == 0 ? _one : _two).ApplyAsync(("a.yaml", i % 2 == 0 ? DenyAll : Some.Policy))).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);

        // The record is the judge: between two changes every decision is by the first of them.
        var denies = false;
        var changes = 0;
        var decisions = 0;
        foreach (var auditEvent in await AllAsync(_one))
        {
            if (auditEvent.Change?.Operation == "policy.apply")
            {
                denies = changes % 2 == 1;
                changes++;
            }
            else if (auditEvent.Kind == AuditKinds.Decision)
            {
                auditEvent.Effect.Should().Be(denies ? Effects.Deny : Effects.Allow, "at position {0}, after {1} changes", auditEvent.Position, changes);
                decisions++;
            }
        }

        changes.Should().Be(11);
        decisions.Should().BeGreaterThan(20);
    }

    [Fact]
    public async Task Key_RevokedOnOne_IsRefusedByTheOtherAtOnce()
    {
        var agent = await _one.CreateAgentAsync("short-lived");
        (await _two.DecideAsync(Some.Read(), agent.ApiKey)).Answer.Should().Be(Effects.Allow);

        (await _one.SendAsync(HttpMethod.Delete, "/v1/agents/short-lived", _one.Credentials.AdminKey)).StatusCode.Should().Be(HttpStatusCode.OK);

        (await _two.RefusedAsync(Some.Read(), HttpStatusCode.Unauthorized, agent.ApiKey)).Code.Should().Be("key-revoked");
        (await _two.EventsAsync("?agent=short-lived&kind=decision")).Events.Should().ContainSingle("nothing of a revoked key is stored");
    }

    [Fact]
    public async Task AdminKey_RevokedElsewhere_IsRefusedByBoth()
    {
        var admin = await Credentials.IssueAdminKeyAsync(_one.Options.DataDirectory, revokeOthers: true, _one.Options.Postgres);

        foreach (var gateway in new[] { _one, _two })
        {
            (await gateway.SendAsync(HttpMethod.Get, "/v1/policies", admin)).StatusCode.Should().Be(HttpStatusCode.OK);
            await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, "/v1/policies", gateway.Credentials.AdminKey)).StatusCode, HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Trace_UsedOnBothAtOnce_IsDecidedOnce()
    {
        for (var i = 0; i < 10; i++)
        {
            var request = Some.Read();

            var answers = await Task.WhenAll(_one.PostAsync(request), _two.PostAsync(request));

            answers.Select(answer => answer.StatusCode).Should().BeEquivalentTo([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        }
    }

    [Fact]
    public async Task Outcome_ReportedOnBothAtOnce_IsRecordedOnce()
    {
        for (var i = 0; i < 10; i++)
        {
            var decision = await _one.DecideAsync(Some.Read());

            var answers = await Task.WhenAll(_one.ReportAsync(Some.Outcome(decision.TraceId)), _two.ReportAsync(Some.Outcome(decision.TraceId)));

            answers.Select(answer => answer.StatusCode).Should().BeEquivalentTo([HttpStatusCode.OK, HttpStatusCode.Conflict]);
            (await _two.EventsAsync($"?trace={decision.TraceId}")).Events.Select(e => e.Kind).Should().BeEquivalentTo(AuditKinds.Decision, AuditKinds.Outcome, AuditKinds.OutcomeRefused);
        }
    }

    [Fact]
    public async Task Session_BegunOnBothAtOnceWithDifferentWorkspaces_HasOne()
    {
        for (var i = 0; i < 10; i++)
        {
            var session = Guid.NewGuid().ToString();
            var answers = await Task.WhenAll(_one.DecideAsync(In("/home/dev/app")), _two.DecideAsync(In("/home/dev/other")));

            answers.Select(answer => answer.Answer).Should().BeEquivalentTo([Effects.Allow, Effects.Deny]);
            var pinned = answers[0].Answer == Effects.Allow ? "/home/dev/app" : "/home/dev/other";
            (await _one.DecideAsync(In(pinned))).Answer.Should().Be(Effects.Allow);
            (await _two.DecideAsync(In(pinned))).Answer.Should().Be(Effects.Allow);

            DecisionRequest In(string workspace)
            {
                var request = Some.Read(workspace + "/README.md", session);
                return request with { Call = request.Call with { Workspace = new Place { Written = workspace, Real = workspace }, Cwd = workspace } };
            }
        }
    }

    [Fact]
    public async Task Tail_OfOneWhileBothWrite_HasNoGapAndNoRepeat()
    {
        const int Each = 600;
        var written = new ConcurrentBag<string>();
        var writers = Task.WhenAll(new[] { _one, _two }.SelectMany(gateway => Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Each / 4; i++)
            {
                written.Add((await gateway.DecideAsync(Some.Read())).EventId);
            }
        }))));
        var seen = new List<AuditEvent>();
        var done = false;
        for (var after = 0L; ;)
        {
            var page = await _one.EventsAsync($"?after={after}&limit=100");
            seen.AddRange(page.Events.Reverse());
            after = seen.Count > 0 ? seen[^1].Position : 0;
            if (page.Events.Count == 0)
            {
                if (done)
                {
                    break;
                }

                // One more look after the last event is known to be stored.
                done = writers.IsCompleted;
            }
        }

        await writers;
        seen.Select(e => e.Position).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        seen.Where(e => e.Kind == AuditKinds.Decision).Select(e => e.Id).Should().BeEquivalentTo(written).And.HaveCount(2 * Each);
    }

    [Fact]
    public async Task Stream_OfOneWhileBothWrite_ShowsTheEventsOfBothOnceInOrder()
    {
        const int Each = 400;
        using var one = await OpenStream.OpenAsync(_one, "?kind=decision");
        using var two = await OpenStream.OpenAsync(_two, "?kind=decision");
        var reading = Task.WhenAll(one.TakeAsync(2 * Each), two.TakeAsync(2 * Each));

        var written = await Task.WhenAll(new[] { _one, _two }.SelectMany(gateway => Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var ids = new List<string>();
            for (var i = 0; i < Each / 4; i++)
            {
                ids.Add((await gateway.DecideAsync(Some.Read())).EventId);
            }

            return ids;
        }))));

        foreach (var seen in await reading)
        {
            seen.Select(e => e.Position).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
            seen.Select(e => e.Id).Should().BeEquivalentTo(written.SelectMany(ids => ids));
        }
    }

    [Fact]
    public async Task Stream_OfOneThatBreaks_GoesOnAtTheOtherWithoutGapOrRepeat()
    {
        using var first = await OpenStream.OpenAsync(_one, "?kind=decision");
        var written = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            written.Add((await (i % 2 == 0 ? _one : _two).DecideAsync(Some.Read())).EventId);
        }

        var seen = await first.TakeAsync(7);
        using var second = await OpenStream.OpenAsync(_two, "?kind=decision", lastEventId: first.LastId);
        seen.AddRange(await second.TakeAsync(13));

        seen.Select(e => e.Id).Should().Equal(written);
    }

    private static async Task<PolicyList> PoliciesAsync(TestGateway gateway) =>
        await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/policies", gateway.Credentials.AdminKey), ProtocolJson.Default.PolicyList, HttpStatusCode.OK);

    private static async Task<IReadOnlyList<AuditEvent>> AllAsync(TestGateway gateway)
    {
        var all = new List<AuditEvent>();
        for (var after = 0L; ;)
        {
            var page = await gateway.EventsAsync($"?after={after}&limit=1000");
            if (page.Events.Count == 0)
            {
                return all;
            }

            all.AddRange(page.Events.Reverse());
            after = all[^1].Position;
        }
    }
}
