using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Guard.Gateway.Hosting;
using Guard.Gateway.Metrics;
using Guard.Gateway.Tests.Stores;
using Guard.Proof.Notes;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>Where signed heads go outside of the store, and what becomes of it when they cannot.</summary>
public sealed class PublicationTests : StoreTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PublicationTests()
        : base(StoreKind.Sqlite)
    {
    }

    [Fact]
    public async Task Head_Signed_IsPutAtTheAddressWithTheToken()
    {
        using var place = new KeptPlace();
        await using var gateway = await StartAsync(adjust: Publish(place));

        await gateway.DecideAsync(Some.Read());

        await Eventually.BecomesAsync(() => Task.FromResult(place.Size), 4);
        place.Tokens.Should().OnlyContain(token => token == "Bearer secret-token");
        gateway.Host.Log.Refusal.Should().BeNull();
    }

    /// <summary>The data directory and the database are both put back; what was published is not.</summary>
    [Fact]
    public async Task Store_OlderThanThePublishedHead_IsNotSigned()
    {
        using var place = new KeptPlace();
        var gateway = await StartAsync(adjust: Publish(place));
        await gateway.Host.StopAsync();
        var backup = _folder.File("backup");
        Copy(gateway.Options.DataDirectory, backup);
        gateway = await gateway.RestartAsync();
        await gateway.DecideAsync(Some.Read());
        await Eventually.BecomesAsync(() => Task.FromResult(place.Size), 4);
        await gateway.Host.StopAsync();
        Directory.Delete(gateway.Options.DataDirectory, recursive: true);
        Copy(backup, gateway.Options.DataDirectory);

        await using var again = await gateway.RestartAsync();

        await Eventually.BecomesAsync(() => Task.FromResult(again.Host.Log.Refusal), "A checkpoint over 4 events was signed, and the store's log has 3: the store was restored from a backup, or cut. Nothing is signed");
        place.Size.Should().Be(4);
    }

    [Fact]
    public async Task Place_ThatCannotBeAsked_IsWaitedForBeforeAnythingIsSigned()
    {
        using var place = new KeptPlace { Status = 503 };
        await using var gateway = await StartAsync(adjust: Publish(place));

        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Hindrance), $"{place.Address} answers 503 to GET");
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow, "publication never stops decisions");
        gateway.Host.Log.Size.Should().Be(0);

        place.Status = 200;

        await Eventually.BecomesAsync(() => Task.FromResult(place.Size), 4);
    }

    [Fact]
    public async Task Place_ThatStopsTaking_ShowsInHealthAndMetricsUntilItTakesAgain()
    {
        using var place = new KeptPlace();
        await using var gateway = await StartAsync(adjust: Publish(place));
        await Eventually.BecomesAsync(() => Task.FromResult(place.Size), 3);

        place.Status = 507;
        await gateway.DecideAsync(Some.Read());

        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Detail, $"4 events signed, and not published: {place.Address} answers 507 to PUT");
        (await HealthAsync(gateway)).Status.Should().Be("degraded");
        Measured("guard.log.publication.failing", place.Address.ToString()).Should().Be(1);
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);

        place.Status = 200;

        await Eventually.BecomesAsync(() => Task.FromResult(place.Size), 5);
        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Detail, "5 events signed");
    }

    [Fact]
    public async Task File_ThatWasCutInTheMiddleOfAHead_GoesOnBehindIt()
    {
        var file = _folder.File("published");
        var gateway = await StartAsync(adjust: Publish(file));
        await Eventually.BecomesAsync(() => Task.FromResult(Sizes(file).LastOrDefault()), 3);
        await gateway.Host.StopAsync();
        var whole = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, whole + whole[..(whole.IndexOf('—', StringComparison.Ordinal) + 20)]);

        await using var again = await gateway.RestartAsync();
        await again.DecideAsync(Some.Read());

        await Eventually.BecomesAsync(() => Task.FromResult(Sizes(file).LastOrDefault()), 4);
        Sizes(file).Should().Equal(3, 4);
        again.Host.Log.Refusal.Should().BeNull();
    }

    /// <summary>The recipe of docs/audit.md: <c>chattr +a</c>.</summary>
    [AppendOnlyFact]
    public async Task File_ThatTheFileSystemLetsOnlyGrow_TakesEveryHead()
    {
        var file = _folder.Write("published", "");
        AppendOnlyFactAttribute.Run("+a", file).Should().Be(0);
        try
        {
            ((Action)(() => File.WriteAllText(file, ""))).Should().Throw<UnauthorizedAccessException>("else this shows nothing");
            await using var gateway = await StartAsync(adjust: Publish(file));
            await Eventually.BecomesAsync(() => Task.FromResult(Sizes(file).LastOrDefault()), 3);
            await gateway.DecideAsync(Some.Read());
            await Eventually.BecomesAsync(() => Task.FromResult(Sizes(file).LastOrDefault()), 4);
        }
        finally
        {
            AppendOnlyFactAttribute.Run("-a", file);
        }
    }

    [Fact]
    public async Task File_OfAnotherLog_IsRefusedAndLeftAlone()
    {
        var file = _folder.File("published");
        await using (var other = await StartAsync(adjust: Publish(file)))
        {
            await Eventually.BecomesAsync(() => Task.FromResult(Sizes(file).LastOrDefault()), 3);
        }

        var before = await File.ReadAllTextAsync(file);
        await using var gateway = await StartAsync(adjust: Publish(file));

        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Refusal), $"{file} holds a checkpoint that no key of this log has signed. Publish in a place of this log's own");
        (await File.ReadAllTextAsync(file)).Should().Be(before);
    }

    [Fact]
    public async Task Folder_ThatIsGone_IsSaidAndStopsNothing()
    {
        await using var gateway = await StartAsync(adjust: Publish(_folder.File("none/published")));

        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Detail!.Contains("cannot be written", StringComparison.Ordinal), true);
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Size), 4);
    }

    [SmallDiskFact]
    public async Task Disk_FullWhileTilesAreWritten_IsSaidAndMendsItself()
    {
        using var disk = SmallDisk.Mount();
        await using var gateway = await StartAsync(adjust: options => SequencerOptions(options) with { DataDirectory = Path.Combine(disk.Path, "data") });
        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Size), 3);

        var filler = Path.Combine(disk.Path, "filler");
        Fill(filler);
        await gateway.PostAsync(Some.Read());
        File.Delete(filler);

        var recorded = (await gateway.DecideAsync(Some.Read())).Answer;
        recorded.Should().Be(Effects.Allow);
        await Eventually.BecomesAsync(async () => (await gateway.EventsAsync()).Events.Count == gateway.Host.Log.Size, true);
        gateway.Host.Log.Refusal.Should().BeNull();
        await new GuardCommands(gateway, _folder).DoneAsync("audit", "verify");
    }

    [Theory]
    [InlineData("http://publish.example/head")]
    [InlineData("https://user:secret@publish.example/head")]
    [InlineData("ftp://127.0.0.1/head")]
    public async Task Address_WhereHeadsCouldBeChangedOnTheWay_KeepsTheGatewayFromStarting(string address)
    {
        var start = () => StartAsync(adjust: options => options with { Proof = new ProofOptions { CheckpointUrls = [new Uri(address)] } });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("Checkpoints cannot be published at *");
    }

    public void Dispose() => _folder.Dispose();

    private static Func<GatewayOptions, GatewayOptions> Publish(KeptPlace place) =>
        options => SequencerOptions(options, proof => proof with { CheckpointUrls = [place.Address], CheckpointToken = "secret-token" });

    private static Func<GatewayOptions, GatewayOptions> Publish(string file) => options => SequencerOptions(options, proof => proof with { CheckpointFiles = [file] });

    private static GatewayOptions SequencerOptions(GatewayOptions options, Func<ProofOptions, ProofOptions>? more = null)
    {
        var proof = new ProofOptions { Interval = TimeSpan.FromMilliseconds(20), PublishInterval = TimeSpan.Zero };
        return options with { Proof = more?.Invoke(proof) ?? proof };
    }

    private static async Task<HealthCheck> HealthAsync(TestGateway gateway) =>
        (await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/health/ready", null), ProtocolJson.Default.HealthReport, HttpStatusCode.OK)).Checks.Single(check => check.Name == "audit-log");

    private static long[] Sizes(string file) => File.Exists(file) ? [.. NoteFile.Read(File.ReadAllText(file)).Select(note => Checkpoint.Parse(note.Text).Size)] : [];

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static void Fill(string path)
    {
        using var stream = new FileStream(path, FileMode.CreateNew);
        try
        {
            while (true)
            {
                stream.Write(new byte[4096]);
                stream.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    // Of this gateway's place; other tests have gateways of their own.
    private static int Measured(string instrument, string place)
    {
        var found = -1;
        using var listener = new MeterListener { InstrumentPublished = (published, listening) => { if (published.Meter.Name == GatewayMetrics.MeterName && published.Name == instrument) { listening.EnableMeasurementEvents(published); } } };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            foreach (var tag in tags)
            {
                found = tag.Value as string == place ? value : found;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }

    /// <summary>An address that keeps what is put there, as object storage does.</summary>
    private sealed class KeptPlace : IDisposable
    {
        private readonly HttpListener _listener;
        private volatile string? _kept;

        public KeptPlace()
        {
            (_listener, var root) = FreeListener.Start();
            Address = new Uri(root, "guard/checkpoint");
            _ = Task.Run(ServeAsync);
        }

        public Uri Address { get; }

        public int Status { get; set; } = 200;

        public ConcurrentBag<string?> Tokens { get; } = [];

        public long Size => _kept is { } kept ? Checkpoint.Parse(SignedNote.Parse(Encoding.UTF8.GetBytes(kept)).Text).Size : 0;

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                Tokens.Add(context.Request.Headers["Authorization"]);
                var answer = Array.Empty<byte>();
                context.Response.StatusCode = Status;
                if (Status == 200 && context.Request.HttpMethod == "PUT")
                {
                    using var reader = new StreamReader(context.Request.InputStream);
                    _kept = await reader.ReadToEndAsync();
                }
                else if (Status == 200)
                {
                    context.Response.StatusCode = _kept is null ? 404 : 200;
                    answer = Encoding.UTF8.GetBytes(_kept ?? "");
                }

                context.Response.ContentLength64 = answer.Length;
                await context.Response.OutputStream.WriteAsync(answer);
                context.Response.Close();
            }
        }
    }
}

/// <summary>Skipped, with the reason shown, where no file can be made append-only.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AppendOnlyFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> Possible = new(static () =>
    {
        var file = Path.GetTempFileName();
        var possible = Run("+a", file) == 0;
        Run("-a", file);
        File.Delete(file);
        return possible;
    });

    public AppendOnlyFactAttribute()
    {
        if (!Possible.Value)
        {
            Skip = "Needs root and a file system with the attribute `a`.";
        }
    }

    public static int Run(string change, string file)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("chattr", [change, file]) { UseShellExecute = false, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1; // There is no such program on this machine.
        }
    }
}
