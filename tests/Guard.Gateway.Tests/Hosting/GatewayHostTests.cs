using System.Net;
using Guard.Gateway.Hosting;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Tests.Hosting;

public sealed class GatewayHostTests
{
    [Fact]
    public async Task FirstStart_OnAnEmptyFolder_CreatesOrganisationAgentAndKeys()
    {
        await using var gateway = await TestGateway.StartAsync();

        var first = gateway.Host.FirstStart!;
        first.Should().BeEquivalentTo(new { Organisation = "default", Owner = "ada", AgentName = "first" });
        first.AgentKey.Should().MatchRegex("^guard_agent_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$");
        first.AdminKey.Should().MatchRegex("^guard_admin_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$");
        first.ToString().Should().NotContain(first.AgentKey).And.NotContain(first.AdminKey);
        (await gateway.EventsAsync()).Events.Select(e => e.Change?.Operation).Should().Contain(["organisation.create", "agent.create", "policy.apply"]);
    }

    [Fact]
    public async Task SecondStart_OnTheSameFolder_KeepsKeysAndShowsNone()
    {
        var gateway = await TestGateway.StartAsync();

        await using var again = await gateway.RestartAsync();

        again.Host.FirstStart.Should().BeNull();
        (await again.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Store_AfterStart_BelongsToTheOwnerAlone()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.DecideAsync(Some.Read());

        File.GetUnixFileMode(gateway.Options.DataDirectory).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(gateway.Options.DataDirectory, "guard.db*").Should().HaveCountGreaterThan(1, "the write-ahead log stands beside the store")
            .And.OnlyContain(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Store_AfterStart_HasNoKeyInIt()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.DecideAsync(Some.Read());
        var credentials = gateway.Credentials;
        await gateway.Host.StopAsync();

        var stored = await File.ReadAllTextAsync(gateway.DatabasePath, System.Text.Encoding.Latin1);

        stored.Should().NotContain(credentials.AgentKey[^43..]).And.NotContain(credentials.AdminKey[^43..]);
        stored.Should().Contain(credentials.AgentKey.Substring("guard_agent_".Length, 12), "the visible prefix is how people name a key");
    }

    [Fact]
    public async Task Start_WithPlainHttpOnAnotherAddress_IsRefused()
    {
        var start = () => TestGateway.StartAsync(adjust: options => options with { Http = new IPEndPoint(IPAddress.Any, 0) });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("Plain http on 0.0.0.0:0 would send API keys in the clear.*https*");
    }

    [Fact]
    public async Task Start_WithoutAnyAddress_IsRefused()
    {
        var start = () => TestGateway.StartAsync(adjust: options => options with { Http = null });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("*no address to listen on*");
    }

    [Fact]
    public async Task Start_OnAFolderInUse_IsRefused()
    {
        await using var gateway = await TestGateway.StartAsync();

        var second = () => GatewayHost.StartAsync(gateway.Options, CancellationToken.None);

        (await second.Should().ThrowAsync<GatewayStartException>()).WithMessage("Another gateway uses*");
    }

    [Fact]
    public async Task Start_OnAFolderOthersCanWrite_IsRefused()
    {
        var start = () => TestGateway.StartAsync(adjust: options =>
        {
            Directory.CreateDirectory(options.DataDirectory);
            File.SetUnixFileMode(options.DataDirectory, (UnixFileMode)0b111_111_111);
            return options;
        });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("*can be written by other accounts*chmod 700*");
    }

    [Fact]
    public async Task Start_OnAnAddressInUse_IsRefused()
    {
        await using var gateway = await TestGateway.StartAsync();
        var taken = new Uri(gateway.Host.Addresses[0]).Port;

        var start = () => TestGateway.StartAsync(adjust: options => options with { Http = new IPEndPoint(IPAddress.Loopback, taken) });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage($"The address 127.0.0.1:{taken} cannot be used*");
    }

    [Fact]
    public async Task UnixSocket_Listening_AnswersAndIsPrivate()
    {
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = Path.Combine(options.DataDirectory, "gateway.sock") });
        var path = gateway.Options.UnixSocketPath!;
        using var client = gateway.OverSocket(path);

        var answer = await gateway.SendAsync(HttpMethod.Get, "/health", null, client: client);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        gateway.Host.Addresses[0].Should().Be($"unix:{path}");
        File.GetUnixFileMode(path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: x\r\nX: {20000}\r\n\r\n", 431)] // headers over 16 KiB
    [InlineData("GET /{20000} HTTP/1.1\r\nHost: x\r\n\r\n", 414)] // request line over 8 KiB
    [InlineData("POST /v1/decisions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 99999999999\r\n\r\n", 413)]
    [InlineData("POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", 401)] // both lengths: no key, no body is read
    [InlineData("GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n", 505)]
    [InlineData("\u0016\u0003\u0001", 400)] // TLS to the plain port
    public async Task Bytes_OfABadClient_AreRefused(string request, int status)
    {
        await using var gateway = await TestGateway.StartAsync();
        request = request.Replace("{20000}", new string('x', 20_000), StringComparison.Ordinal).Replace("{key}", gateway.Credentials.AgentKey, StringComparison.Ordinal);

        (await RawHttp.StatusAsync(gateway.Http.BaseAddress!, request + "\r\n")).Should().Be(status);

        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Stop_Ordinary_TakesTheSocketAwayAndRefusesNewCallers()
    {
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = Path.Combine(options.DataDirectory, "gateway.sock") });

        await gateway.Host.StopAsync();

        File.Exists(gateway.Options.UnixSocketPath).Should().BeFalse();
        await ((Func<Task>)(() => gateway.PostAsync(Some.Read()))).Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task UnixSocket_LeftByADeadGateway_IsReplaced()
    {
        await using var gateway = await TestGateway.StartAsync(adjust: options =>
        {
            var path = Path.Combine(options.DataDirectory, "gateway.sock");
            Directory.CreateDirectory(options.DataDirectory);
            LeaveStaleSocket(path);
            File.Exists(path).Should().BeTrue();
            return options with { UnixSocketPath = path };
        });

        using var client = gateway.OverSocket(gateway.Options.UnixSocketPath!);
        (await gateway.SendAsync(HttpMethod.Get, "/health/live", null, client: client)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task UnixSocket_OfALiveGateway_IsNotTaken()
    {
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = Path.Combine(options.DataDirectory, "gateway.sock") });

        var start = () => TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = gateway.Options.UnixSocketPath });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("Another gateway listens on*");
    }

    [Fact]
    public async Task UnixSocket_WhereAnOrdinaryFileLies_IsRefusedAndTheFileStays()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("precious", "");

        var start = () => TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = file });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("*is not an old socket*");
        File.Exists(file).Should().BeTrue();
    }

    [Fact]
    public async Task UnixSocket_WithATooLongPath_IsRefused()
    {
        var start = () => TestGateway.StartAsync(adjust: options => options with { UnixSocketPath = "/tmp/" + new string('x', 200) });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("*too long*");
    }

    [Fact]
    public async Task Schema_NewerThanTheProgram_IsRefused()
    {
        var gateway = await TestGateway.StartAsync();
        await gateway.Host.StopAsync();
        await using (var connection = new SqliteConnection($"Data Source={gateway.DatabasePath}"))
        {
            connection.Open();
            var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 999";
            command.ExecuteNonQuery();
        }

        var start = () => gateway.RestartAsync();

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("*has schema version 999; this program knows versions up to *. Run the newer Guard that wrote it.");
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Store_OfAnotherProgram_IsRefused()
    {
        var start = () => TestGateway.StartAsync(adjust: options =>
        {
            Directory.CreateDirectory(options.DataDirectory);
            File.SetUnixFileMode(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var connection = new SqliteConnection($"Data Source={Path.Combine(options.DataDirectory, "guard.db")}");
            connection.Open();
            var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE recipes (id)";
            command.ExecuteNonQuery();
            return options;
        });

        (await start.Should().ThrowAsync<GatewayStartException>()).WithMessage("*is a database of another program*");
    }

    private static void LeaveStaleSocket(string path)
    {
        // A socket file whose process is gone: closing by handle leaves the file behind, as a kill does.
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        var moved = path + ".moved";
        File.Move(path, moved);
        socket.Dispose();
        File.Move(moved, path);
    }
}
