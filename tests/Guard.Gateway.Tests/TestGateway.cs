using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage.Sqlite;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests;

/// <summary>A real gateway on a free port with a store of its own.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly TemporaryFolder? _owned;
    private readonly FirstStart? _credentials;
    private bool _isReplaced;
    private bool _isShared;

    private TestGateway(GatewayHost host, GatewayOptions options, TemporaryFolder? owned, FirstStart? credentials)
    {
        Host = host;
        Options = options;
        _credentials = credentials;
        _owned = owned;
        Http = new HttpClient { BaseAddress = new Uri(host.Addresses.First(address => address.StartsWith("http://", StringComparison.Ordinal))) };
    }

    public GatewayHost Host { get; }
    public GatewayOptions Options { get; }

    /// <summary>Those of the first start.</summary>
    public FirstStart Credentials => _credentials ?? throw new InvalidOperationException("The store was not new.");

    /// <summary>No key of its own: each request brings one.</summary>
    public HttpClient Http { get; }

    public string DatabasePath => Path.Combine(Options.DataDirectory, SqliteDatabase.FileName);

    public static async Task<TestGateway> StartAsync(string? policy = Some.Policy, Func<GatewayOptions, GatewayOptions>? adjust = null, Func<IAuditStore, IAuditStore>? store = null, StoreKind kind = StoreKind.Sqlite)
    {
        var folder = new TemporaryFolder();
        if (policy is not null)
        {
            folder.Write("policies/test.yaml", policy);
        }

        var options = new GatewayOptions
        {
            DataDirectory = folder.File("data"),
            PolicyFolders = policy is null ? [] : [folder.File("policies")],
            FirstAgent = new FirstAgentOptions { Name = "first", Owner = "ada" },
            MachineSettingsPath = folder.File("none/gateway.json"),
        };
        if (kind == StoreKind.Postgres)
        {
            options = options with { Postgres = PostgresServer.Shared.CreateDatabase() };
        }

        options = adjust?.Invoke(options) ?? options;
        try
        {
            var host = store is null ? await GatewayHost.StartAsync(options, CancellationToken.None) : await GatewayHost.StartAsync(options, store, CancellationToken.None);
            return new TestGateway(host, options, folder, host.FirstStart) { _isShared = kind == StoreKind.Postgres };
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops this one and starts another on the same data.</summary>
    public async Task<TestGateway> RestartAsync(Func<GatewayOptions, GatewayOptions>? adjust = null)
    {
        Http.Dispose();
        await Host.StopAsync();
        _isReplaced = true;
        var options = adjust?.Invoke(Options) ?? Options;
        var host = await GatewayHost.StartAsync(options, CancellationToken.None);
        return new TestGateway(host, options, _owned, _credentials) { _isShared = _isShared };
    }

    /// <summary>Starts a second gateway on the database of this one, which it does not own.</summary>
    public async Task<TestGateway> JoinAsync(Func<GatewayOptions, GatewayOptions>? adjust = null)
    {
        var folder = new TemporaryFolder();
        var options = Options with { DataDirectory = folder.File("data"), PolicyFolders = [] };
        var host = await GatewayHost.StartAsync(adjust?.Invoke(options) ?? options, CancellationToken.None);
        return new TestGateway(host, options, folder, _credentials) { _isReplaced = true };
    }

    public HttpClient OverSocket(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://gateway.invalid"),
    };

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? key, string? body = null, HttpClient? client = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return (client ?? Http).SendAsync(request, completion);
    }

    public Task<HttpResponseMessage> PostAsync(DecisionRequest request, string? key = null) =>
        SendAsync(HttpMethod.Post, Wire.DecisionsPath, key ?? Credentials.AgentKey, JsonSerializer.Serialize(request, ProtocolJson.Default.DecisionRequest));

    public async Task<DecisionResponse> DecideAsync(DecisionRequest request, string? key = null) =>
        await ReadAsync(await PostAsync(request, key), ProtocolJson.Default.DecisionResponse, HttpStatusCode.OK);

    public async Task<Problem> RefusedAsync(DecisionRequest request, HttpStatusCode status, string? key = null) =>
        await ReadAsync(await PostAsync(request, key), ProtocolJson.Default.Problem, status);

    public Task<HttpResponseMessage> ReportAsync(OutcomeRequest request, string? key = null) =>
        SendAsync(HttpMethod.Post, Wire.EventsPath, key ?? Credentials.AgentKey, JsonSerializer.Serialize(request, ProtocolJson.Default.OutcomeRequest));

    public async Task<AuditPage> EventsAsync(string query = "") =>
        await ReadAsync(await SendAsync(HttpMethod.Get, Wire.EventsPath + query, Credentials.AdminKey), ProtocolJson.Default.AuditPage, HttpStatusCode.OK);

    public async Task<CreateAgentResponse> CreateAgentAsync(string name, bool auditMode = false, IReadOnlyList<string>? keyScopes = null)
    {
        var body = JsonSerializer.Serialize(new CreateAgentRequest { Name = name, AuditModeAllowed = auditMode, KeyScopes = keyScopes }, ProtocolJson.Default.CreateAgentRequest);
        return await ReadAsync(await SendAsync(HttpMethod.Post, "/v1/agents", Credentials.AdminKey, body), ProtocolJson.Default.CreateAgentResponse, HttpStatusCode.Created);
    }

    public async Task<CreateKeyResponse> CreateKeyAsync(IReadOnlyList<string> scopes, DateTimeOffset? expires = null, string? key = null)
    {
        var body = JsonSerializer.Serialize(new CreateKeyRequest { Scopes = scopes, ExpiresAt = expires, Owner = "auditor" }, ProtocolJson.Default.CreateKeyRequest);
        return await ReadAsync(await SendAsync(HttpMethod.Post, "/v1/keys", key ?? Credentials.AdminKey, body), ProtocolJson.Default.CreateKeyResponse, HttpStatusCode.Created);
    }

    public Task<HttpResponseMessage> ApplyAsync(params (string Path, string Text)[] files) =>
        SendAsync(HttpMethod.Put, "/v1/policies", Credentials.AdminKey, Files(files));

    public static string Files(params (string Path, string Text)[] files) => JsonSerializer.Serialize(
        new ApplyPoliciesRequest { Files = [.. files.Select(file => new PolicyFile { Path = file.Path, Text = file.Text })], Message = "a test" },
        ProtocolJson.Default.ApplyPoliciesRequest);

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(expected, text);
        response.Content.Headers.ContentLength.Should().Be(Encoding.UTF8.GetByteCount(text), "small answers are not chunked");
        return JsonSerializer.Deserialize(text, type)!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        // The database belongs to the gateway that was started last on it.
        if (_isShared && Options.Postgres is { } postgres && !_isReplaced)
        {
            PostgresServer.Shared.Drop(postgres);
        }

        _owned?.Dispose();
    }
}
