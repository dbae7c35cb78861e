using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Guard.Gateway.Hosting;
using Guard.Gateway.Metrics;
using Guard.Gateway.Proof;
using Guard.Gateway.Tests.Audit;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Metrics;

/// <summary>What <c>/metrics</c> says is what happened, in the form that Prometheus documents (text exposition 0.0.4).</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Decisions_AreCountedByEffect_WithTheirTimes()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.DecideAsync(Some.Read());
        await gateway.DecideAsync(Some.Read());
        await gateway.DecideAsync(Some.Read("/home/dev/app/.env"));
        await gateway.RefusedAsync(Some.Read() with { Version = 9 }, HttpStatusCode.BadRequest);

        var samples = await ScrapeAsync(gateway);

        samples["guard_decisions_total{effect=\"allow\",answer=\"allow\"}"].Should().Be(2);
        samples["guard_decisions_total{effect=\"deny\",answer=\"deny\"}"].Should().Be(1);
        samples["guard_decision_duration_seconds_count"].Should().Be(3);
        samples["guard_decision_duration_seconds_bucket{le=\"+Inf\"}"].Should().Be(3);
        samples["guard_requests_refused_total{code=\"version\"}"].Should().Be(1);
        samples["guard_audit_group_size_count"].Should().BeGreaterOrEqualTo(3);
        samples["guard_audit_queue_depth"].Should().Be(0);
        samples["guard_store_up"].Should().Be(1);
        samples["guard_sequence_gaps_total"].Should().Be(0, "a counter that has counted nothing is there all the same");
        samples["guard_log_refused"].Should().Be(0);
        samples.Should().ContainKey("guard_log_checkpoint_age_seconds");
    }

    [Fact]
    public async Task Spool_InUse_IsSeen()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { Spool = new SpoolOptions(spool.File("s")) }, store: inner => store = new FailingStore(inner));
        (await ScrapeAsync(gateway))["guard_audit_degraded"].Should().Be(0);
        store!.Fails = true;

        await gateway.RefusedAsync(Some.Read() with { TraceId = "x" }, HttpStatusCode.BadRequest);
        await gateway.PostAsync(Some.Read(session: null!));

        var samples = await ScrapeAsync(gateway);
        samples["guard_audit_degraded"].Should().Be(1);
        samples["guard_audit_spooled_total"].Should().BeGreaterOrEqualTo(1);
        samples["guard_audit_spool_size_bytes"].Should().BePositive();
    }

    [Fact]
    public async Task Text_IsOfTheDocumentedForm()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.DecideAsync(Some.Read());

        var response = await gateway.SendAsync(HttpMethod.Get, "/metrics", gateway.Credentials.AdminKey);

        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
        var text = await response.Content.ReadAsStringAsync();
        text.Should().EndWith("\n").And.NotContain("\r");
        var lines = text.Split('\n')[..^1];
        lines.Should().OnlyContain(line => Head().IsMatch(line) || Sample().IsMatch(line));
        lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Should().OnlyHaveUniqueItems();
        foreach (var line in lines.Where(line => !line.StartsWith('#')))
        {
            var name = NameOf().Match(line).Value;
            var family = Suffix().Replace(name, "");
            lines.Should().Contain(head => head.StartsWith($"# TYPE {name} ", StringComparison.Ordinal) || head == $"# TYPE {family} histogram");
        }
    }

    [Fact]
    public async Task Key_OfTheScopeAlone_IsEnough()
    {
        await using var gateway = await TestGateway.StartAsync();
        var key = await gateway.CreateKeyAsync([Scopes.MetricsRead]);

        (await gateway.SendAsync(HttpMethod.Get, "/metrics", key.ApiKey)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await gateway.SendAsync(HttpMethod.Get, "/v1/events", key.ApiKey)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Gateways_OfOneProcess_AreCountedApart()
    {
        await using var one = await TestGateway.StartAsync();
        await using var two = await TestGateway.StartAsync();
        await one.DecideAsync(Some.Read());

        (await ScrapeAsync(two)).Keys.Should().NotContain(key => key.StartsWith("guard_decisions_total{", StringComparison.Ordinal));
    }

    /// <summary>https://prometheus.io/docs/instrumenting/exposition_formats/: escapes of help and labels, numbers, cumulative buckets.</summary>
    [Fact]
    public void Exposition_EscapesAndCumulates()
    {
        using var meter = new System.Diagnostics.Metrics.Meter("exposition");
        using var reader = new MetricsReader(meter);
        var counter = meter.CreateCounter<long>("a.counter", description: "back\\slash\nand line");
        var histogram = meter.CreateHistogram("a.time", "s", "t", tags: null, advice: new System.Diagnostics.Metrics.InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        meter.CreateObservableGauge("odd", () => double.PositiveInfinity);
        counter.Add(2, new KeyValuePair<string, object?>("code", "a\"b\\c\nd"));
        foreach (var value in new[] { 0.5, 0.75, 3 })
        {
            histogram.Record(value);
        }

        reader.Write().Should().Be("""
            # HELP a_counter_total back\\slash\nand line
            # TYPE a_counter_total counter
            a_counter_total{code="a\"b\\c\nd"} 2
            # HELP a_time_seconds t
            # TYPE a_time_seconds histogram
            a_time_seconds_bucket{le="0.5"} 1
            a_time_seconds_bucket{le="1"} 2
            a_time_seconds_bucket{le="+Inf"} 3
            a_time_seconds_sum 4.25
            a_time_seconds_count 3
            # TYPE odd gauge
            odd +Inf

            """);
    }

    [Fact]
    public void Documentation_ListsEveryMetric()
    {
        using var metrics = new GatewayMetrics("1");
        using var reader = new MetricsReader(metrics.Meter);
        metrics.ObserveQueue(() => 0, 1);
        metrics.ObserveStore(() => true);
        metrics.ObserveSpool(new Guard.Gateway.Audit.Spool.AuditDegradation(TimeSpan.Zero, TimeProvider.System), () => 0);
        var log = new LogMetrics(metrics.Meter, () => new LogState { CompleteAt = TimeProvider.System.GetUtcNow() }, () => [], TimeProvider.System);
        log.Refused();

        var documented = Row().Matches(File.ReadAllText(Repository.PathOf("docs", "operations.md"))).Select(match => match.Groups[1].Value);

        documented.Should().BeEquivalentTo(TypeOf().Matches(reader.Write()).Select(match => match.Groups[1].Value));
    }

    private static async Task<Dictionary<string, double>> ScrapeAsync(TestGateway gateway)
    {
        var text = await (await gateway.SendAsync(HttpMethod.Get, "/metrics", gateway.Credentials.AdminKey)).Content.ReadAsStringAsync();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'))
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^# (HELP [a-zA-Z_:][a-zA-Z0-9_:]* .+|TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram))$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Head();

    [GeneratedRegex("""^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*")*\})? ([-+]?[0-9.]+(E[-+]?[0-9]+)?|[-+]Inf|NaN)$""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sample();

    [GeneratedRegex("^[a-zA-Z0-9_:]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NameOf();

    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^\| `(guard_[a-z_]+)` \|", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("^# TYPE (guard_[a-z_]+) ", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TypeOf();
}
