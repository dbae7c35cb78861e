using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Protocol;

namespace Guard.Client;

/// <summary>
/// Typed client of the gateway's API. Connects to the stated address alone: proxies are not used and redirects are
/// answers like any other. Every failure is a <see cref="GatewayException"/>, except cancellation by the caller.
/// </summary>
public sealed class GatewayClient : IDisposable
{
    /// <summary>Largest answer that is read, in bytes; a page of audit events stays far below.</summary>
    internal const int MaxResponseBytes = 64 * 1024 * 1024;

    /// <summary>Events per request where a caller reads many.</summary>
    private const int DefaultPageSize = 1_000;

    // Two readers could take a member that stands twice differently.
    private static readonly ProtocolJson StrictJson = new(new JsonSerializerOptions(ProtocolJson.Default.Options) { AllowDuplicateProperties = false });

    private readonly HttpClient _http;
    private readonly GatewayAddress _address;
    private readonly TimeSpan _timeout;

    /// <exception cref="FormatException">The key has characters that cannot stand in a header.</exception>
    /// <exception cref="IOException">The file of certificate authorities cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The file of certificate authorities holds no certificate.</exception>
    public GatewayClient(GatewayClientOptions options)
    {
        _address = options.Address;
        _timeout = options.Timeout;
        AuthenticationHeaderValue? authorization = null;
        if (options.ApiKey is { } key)
        {
            if (key.Length == 0 || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                throw new FormatException("the key is malformed: letters, digits, `_` and `-` are expected, as in guard_admin_...");
            authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _http = new HttpClient(GatewayConnection.CreateHandler(options), disposeHandler: true)
        {
            BaseAddress = _address.BaseUri,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxResponseBytes,
        };
        _http.DefaultRequestHeaders.Authorization = authorization;
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The gateway's own state. A failing gateway answers with a report too.</summary>
    public async Task<HealthReport> GetHealthAsync(CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative("/health"));
        return await SendAsync(request, ProtocolJson.Default.HealthReport, HttpStatusCode.ServiceUnavailable, cancel);
    }

    /// <summary>The gateway's clock, to the second; null: it did not say.</summary>
    public async Task<DateTimeOffset?> GetTimeAsync(CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative("/health/live"));
        var (_, _, date) = await ExchangeAsync(request, cancel);
        return date;
    }

    /// <summary>Asks for a decision, as a hook does. Needs an agent's key.</summary>
    public Task<DecisionResponse> DecideAsync(DecisionRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, Wire.DecisionsPath, request, ProtocolJson.Default.DecisionRequest, StrictJson.DecisionResponse, cancel);

    /// <summary>Reports how a tool call ended. Needs an agent's key.</summary>
    public Task<OutcomeResponse> ReportAsync(OutcomeRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, Wire.EventsPath, request, ProtocolJson.Default.OutcomeRequest, ProtocolJson.Default.OutcomeResponse, cancel);

    /// <summary>One page of audit events, newest first.</summary>
    public Task<AuditPage> GetEventsAsync(AuditFilter filter, CancellationToken cancel = default) =>
        GetAsync(Wire.EventsPath + filter.ToQuery(), ProtocolJson.Default.AuditPage, cancel);

    /// <summary>
    /// All events that pass the filter, read in pages as they are taken. Oldest first, it ends with the newest event there
    /// was at the start; newest first, it begins there: what is added meanwhile neither shows nor shifts anything.
    /// Positions of the filter are not used; its limit is the size of a page.
    /// </summary>
    public IAsyncEnumerable<AuditEvent> QueryAuditAsync(AuditFilter filter, AuditOrder order = AuditOrder.OldestFirst, CancellationToken cancel = default) =>
        order == AuditOrder.NewestFirst ? ReadBackwardAsync(filter, cancel) : ReadForwardAsync(filter, cancel);

    /// <summary>
    /// New events as they are recorded, without end. It goes on by position where it was cut off, also by a restart of the
    /// gateway: nothing is left out and nothing comes twice. Limit and positions of the filter are not used.
    /// </summary>
    /// <exception cref="GatewayProblemException">The gateway refuses: the key does not hold, or does not any more.</exception>
    /// <exception cref="GatewayProtocolException">What answers is no gateway of this version.</exception>
    public IAsyncEnumerable<AuditEvent> TailAuditAsync(AuditFilter filter, AuditTailOptions? options = null, CancellationToken cancel = default) =>
        new AuditTail(this, filter, options ?? new AuditTailOptions()).ReadAsync(cancel);

    /// <summary>The decisions of a time in numbers.</summary>
    /// <param name="from">Inclusive; null: 24 hours before <paramref name="to"/>.</param>
    /// <param name="to">Exclusive; null: now, by the gateway's clock.</param>
    /// <param name="cancel">Ends the call.</param>
    public Task<AuditStats> GetStatsAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancel = default) =>
        GetAsync(Wire.EventStatsPath + new AuditFilter { From = from, To = to }.ToQuery(), ProtocolJson.Default.AuditStats, cancel);

    /// <summary>How the log of the record stands.</summary>
    public Task<LogInfo> GetLogAsync(CancellationToken cancel = default) => GetAsync(Wire.LogPath, ProtocolJson.Default.LogInfo, cancel);

    /// <summary>That an event is in the log, as a C2SP proof file for whoever has the log's key.</summary>
    /// <param name="eventId">Of an event.</param>
    /// <param name="disclose">Whether it holds the event itself.</param>
    /// <param name="cancel">Ends the call.</param>
    public async Task<byte[]> GetProofAsync(string eventId, bool disclose = true, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative($"{Wire.LogProofsPath}/{Uri.EscapeDataString(eventId)}?disclose={(disclose ? "true" : "false")}"));
        var (status, content, _) = await ExchangeAsync(request, cancel);
        return IsSuccess(status) ? content : throw Refusal(status, content);
    }

    /// <summary>All that verification needs of the record; it is read as it comes, without a deadline. Disposing the answer ends it.</summary>
    public Task<HttpResponseMessage> OpenLogExportAsync(CancellationToken cancel = default) => OpenAsync(Wire.LogExportPath, "application/jsonl", "no export of the log", cancel);

    /// <summary>Deletes the body of an event; its place in the log and the erasure stay on record.</summary>
    public Task<Erasure> EraseEventAsync(EraseRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, Wire.LogErasuresPath, request, ProtocolJson.Default.EraseRequest, ProtocolJson.Default.Erasure, cancel);

    /// <summary>Ends the retention of all months before one.</summary>
    public Task<Expiry> ExpireEventsAsync(ExpireRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, Wire.LogExpiriesPath, request, ProtocolJson.Default.ExpireRequest, ProtocolJson.Default.Expiry, cancel);

    /// <summary>Signs the log with a new key from now on, for which the one before vouches.</summary>
    public Task<LogInfo> RotateLogKeyAsync(LogKeyRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, Wire.LogKeysPath, request, ProtocolJson.Default.LogKeyRequest, ProtocolJson.Default.LogInfo, cancel);

    /// <summary>Begins a new log over the record as it is, with a key that nobody vouches for.</summary>
    public Task<LogInfo> RestartLogAsync(LogKeyRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, Wire.LogRestartsPath, request, ProtocolJson.Default.LogKeyRequest, ProtocolJson.Default.LogInfo, cancel);

    /// <summary>Puts documents in force, all or none.</summary>
    public Task<ApplyPoliciesResponse> ApplyPoliciesAsync(ApplyPoliciesRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Put, "/v1/policies", request, ProtocolJson.Default.ApplyPoliciesRequest, ProtocolJson.Default.ApplyPoliciesResponse, cancel);

    /// <summary>What <see cref="ApplyPoliciesAsync"/> would say, without changing anything.</summary>
    public Task<ApplyPoliciesResponse> ValidatePoliciesAsync(ApplyPoliciesRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "/v1/policies/validate", request, ProtocolJson.Default.ApplyPoliciesRequest, ProtocolJson.Default.ApplyPoliciesResponse, cancel);

    public Task<PolicyList> GetPoliciesAsync(CancellationToken cancel = default) =>
        GetAsync("/v1/policies", ProtocolJson.Default.PolicyList, cancel);

    /// <summary>The document in force under a policy's name.</summary>
    public Task<PolicyFile> GetPolicyAsync(string name, CancellationToken cancel = default) =>
        GetAsync("/v1/policies/" + Uri.EscapeDataString(name), ProtocolJson.Default.PolicyFile, cancel);

    /// <summary>Every version of a policy that was applied, in force or not any more.</summary>
    public Task<PolicyHistory> GetPolicyHistoryAsync(string name, CancellationToken cancel = default) =>
        GetAsync($"/v1/policies/{Uri.EscapeDataString(name)}/versions", ProtocolJson.Default.PolicyHistory, cancel);

    /// <summary>The document of one version.</summary>
    public Task<PolicyFile> GetPolicyVersionAsync(string name, int revision, CancellationToken cancel = default) =>
        GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/policies/{Uri.EscapeDataString(name)}/versions/{revision}"), ProtocolJson.Default.PolicyFile, cancel);

    /// <summary>Takes a policy out of force; the answer is what stays.</summary>
    public Task<PolicyList> RemovePolicyAsync(string name, CancellationToken cancel = default) =>
        DeleteAsync("/v1/policies/" + Uri.EscapeDataString(name), ProtocolJson.Default.PolicyList, cancel);

    /// <summary>What would be decided, with the reason of every rule. Nothing is recorded.</summary>
    public Task<TestPolicyResponse> TestPolicyAsync(TestPolicyRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "/v1/policies/test", request, ProtocolJson.Default.TestPolicyRequest, ProtocolJson.Default.TestPolicyResponse, cancel);

    public Task<AgentList> GetAgentsAsync(CancellationToken cancel = default) =>
        GetAsync("/v1/agents", ProtocolJson.Default.AgentList, cancel);

    /// <summary>Creates an agent; the answer holds its key, which is shown this once.</summary>
    public Task<CreateAgentResponse> CreateAgentAsync(CreateAgentRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "/v1/agents", request, ProtocolJson.Default.CreateAgentRequest, ProtocolJson.Default.CreateAgentResponse, cancel);

    /// <summary>One agent with all its keys and what its hook said of itself last.</summary>
    public Task<AgentDetails> GetAgentAsync(string nameOrId, CancellationToken cancel = default) =>
        GetAsync("/v1/agents/" + Uri.EscapeDataString(nameOrId), ProtocolJson.Default.AgentDetails, cancel);

    /// <summary>Makes a new key, which is shown this once; the keys before it end after the overlap.</summary>
    public Task<RotateKeyResponse> RotateKeyAsync(string nameOrId, RotateKeyRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, $"/v1/agents/{Uri.EscapeDataString(nameOrId)}/keys", request, ProtocolJson.Default.RotateKeyRequest, ProtocolJson.Default.RotateKeyResponse, cancel);

    /// <summary>Revokes an agent's keys; its next call is denied.</summary>
    public Task<AgentInfo> RevokeAgentAsync(string nameOrId, CancellationToken cancel = default) =>
        DeleteAsync("/v1/agents/" + Uri.EscapeDataString(nameOrId), ProtocolJson.Default.AgentInfo, cancel);

    /// <summary>Opens the stream of new events; it is read as it comes, without a deadline.</summary>
    internal Task<HttpResponseMessage> OpenStreamAsync(AuditFilter filter, long? after, CancellationToken cancel) =>
        OpenAsync(Wire.EventStreamPath + (filter with { Limit = null, Before = null, After = after }).ToQuery(), "text/event-stream", "no stream of events", cancel);

    private async Task<HttpResponseMessage> OpenAsync(string path, string mediaType, string what, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative(path));
        request.Headers.Accept.Clear();
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_timeout);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType == mediaType) return response;
            using (response)
            {
                if (IsSuccess(response.StatusCode)) throw new GatewayProtocolException($"what answers at {_address} gives {what}: is this a gateway of this version?");
                throw Refusal(response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token));
            }
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw TooSlow(e);
        }
        catch (HttpRequestException e)
        {
            throw Explain(e);
        }
    }

    internal GatewayAddress Address => _address;

    private async IAsyncEnumerable<AuditEvent> ReadForwardAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var newest = await GetEventsAsync(filter with { Limit = 1, Before = null, After = null }, cancel);
        if (newest.Events.Count == 0) yield break;
        var last = newest.Events[0].Position;
        var position = 0L;
        while (position < last)
        {
            var page = await GetEventsAsync(filter with { Limit = filter.Limit ?? DefaultPageSize, Before = null, After = position }, cancel);
            if (page.Events.Count == 0) yield break;
            foreach (var e in page.Events.Reverse())
            {
                if (e.Position > last) yield break;
                if (e.Position <= position) throw Repeated();
                position = e.Position;
                yield return e;
            }
        }
    }

    private async IAsyncEnumerable<AuditEvent> ReadBackwardAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        long? before = null;
        do
        {
            var page = await GetEventsAsync(filter with { Limit = filter.Limit ?? DefaultPageSize, Before = before, After = null }, cancel);
            foreach (var e in page.Events)
            {
                if (e.Position >= before) throw Repeated();
                before = e.Position;
                yield return e;
            }

            before = page.NextBefore;
        }
        while (before is not null);
    }

    internal GatewayProtocolException Repeated() => new($"the gateway at {_address} gave an event twice: is this a gateway of this version?");

    private GatewayUnreachableException TooSlow(OperationCanceledException e) => new($"the gateway at {_address} did not answer within {_timeout.TotalSeconds:0.#} s", e);

    /// <summary>Changes what the request states of an agent.</summary>
    public Task<AgentInfo> UpdateAgentAsync(string nameOrId, UpdateAgentRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Patch, "/v1/agents/" + Uri.EscapeDataString(nameOrId), request, ProtocolJson.Default.UpdateAgentRequest, ProtocolJson.Default.AgentInfo, cancel);

    /// <summary>Revokes one key of an agent, by its visible part.</summary>
    public Task<AgentDetails> RevokeAgentKeyAsync(string nameOrId, string prefix, CancellationToken cancel = default) =>
        DeleteAsync($"/v1/agents/{Uri.EscapeDataString(nameOrId)}/keys/{Uri.EscapeDataString(prefix)}", ProtocolJson.Default.AgentDetails, cancel);

    /// <summary>All admin keys, without their secrets.</summary>
    public Task<AdminKeyList> GetKeysAsync(CancellationToken cancel = default) =>
        GetAsync("/v1/keys", ProtocolJson.Default.AdminKeyList, cancel);

    /// <summary>Makes an admin key, which is shown this once.</summary>
    public Task<CreateKeyResponse> CreateKeyAsync(CreateKeyRequest request, CancellationToken cancel = default) =>
        SendAsync(HttpMethod.Post, "/v1/keys", request, ProtocolJson.Default.CreateKeyRequest, ProtocolJson.Default.CreateKeyResponse, cancel);

    /// <summary>Revokes an admin key, by its visible part.</summary>
    public Task<AdminKey> RevokeKeyAsync(string prefix, CancellationToken cancel = default) =>
        DeleteAsync("/v1/keys/" + Uri.EscapeDataString(prefix), ProtocolJson.Default.AdminKey, cancel);

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private async Task<TResponse> GetAsync<TResponse>(string path, JsonTypeInfo<TResponse> responseType, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Relative(path));
        return await SendAsync(request, responseType, alsoAccepted: null, cancel);
    }

    private async Task<TResponse> SendAsync<TRequest, TResponse>(
        HttpMethod method, string path, TRequest body, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, Relative(path))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, requestType)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await SendAsync(request, responseType, alsoAccepted: null, cancel);
    }

    private async Task<TResponse> DeleteAsync<TResponse>(string path, JsonTypeInfo<TResponse> responseType, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Relative(path));
        return await SendAsync(request, responseType, alsoAccepted: null, cancel);
    }

    private async Task<TResponse> SendAsync<TResponse>(
        HttpRequestMessage request, JsonTypeInfo<TResponse> responseType, HttpStatusCode? alsoAccepted, CancellationToken cancel)
    {
        var (status, content, _) = await ExchangeAsync(request, cancel);
        if (!IsSuccess(status) && status != alsoAccepted) throw Refusal(status, content);
        try
        {
            return JsonSerializer.Deserialize(content, responseType)
                ?? throw new GatewayProtocolException($"the answer of the gateway at {_address} was empty: is this a gateway of this version?");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is the reader's answer to text that is not Unicode.
            throw new GatewayProtocolException(
                $"the answer of the gateway at {_address} (status {(int)status}) could not be read: is this a gateway of this version?", e);
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Content, DateTimeOffset? Date)> ExchangeAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, deadline.Token);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(deadline.Token), response.Headers.Date);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw TooSlow(e);
        }
        catch (HttpRequestException e)
        {
            throw Explain(e);
        }
    }

    private GatewayException Explain(HttpRequestException e)
    {
        if (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
            return new GatewayProtocolException($"the answer of the gateway at {_address} is larger than {MaxResponseBytes} bytes", e);
        if (e.InnerException is AuthenticationException tls)
            return new GatewayUnreachableException($"the certificate of the gateway at {_address} was not accepted: {PlainText.OneLine(tls.Message)}", e);
        if (e.GetBaseException() is SocketException socket)
            return new GatewayUnreachableException($"no gateway answers at {_address}: {DescribeSocket(socket)}", e);
        return e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded
            ? new GatewayProtocolException($"what answers at {_address} does not speak HTTP as a gateway does: {PlainText.OneLine(e.Message)}", e)
            : new GatewayUnreachableException($"the gateway at {_address} could not be asked: {PlainText.OneLine(e.Message)}", e);
    }

    private static string DescribeSocket(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused",
        SocketError.AddressNotAvailable or SocketError.InvalidArgument => "there is no such address",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name is not known",
        SocketError.AccessDenied => "access to it is not permitted for this account",
        _ => PlainText.OneLine(e.Message),
    };

    private GatewayException Refusal(HttpStatusCode status, byte[] content)
    {
        if ((int)status is >= 300 and < 400)
            return new GatewayProtocolException($"what answers at {_address} redirects elsewhere (status {(int)status}); redirects are not followed");

        Problem? problem;
        try
        {
            problem = content.Length == 0 ? null : JsonSerializer.Deserialize(content, ProtocolJson.Default.Problem);
        }
        catch (JsonException)
        {
            problem = null;
        }

        return new GatewayProblemException((int)status, problem ?? new Problem
        {
            Title = (int)status is 404 ? $"what answers at {_address} does not know this request" : $"the gateway at {_address} refused the request without a reason",
        });
    }

    private static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and < 300;
}
