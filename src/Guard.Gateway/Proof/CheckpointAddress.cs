using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Guard.Gateway.Hosting;
using Guard.Proof;
using Guard.Proof.Notes;
using Guard.Protocol;

namespace Guard.Gateway.Proof;

/// <summary>
/// An address that takes the newest head with PUT and, if it lets its writer read, gives it back with GET: object storage, a
/// web server, a service that keeps every version.
/// </summary>
internal sealed class CheckpointAddress : ICheckpointPlace, IDisposable
{
    private const int MaxBytes = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly Uri _address;

    private CheckpointAddress(Uri address, string? token)
    {
        _address = address;
        // Queries can hold signatures that let others write there.
        Name = DisplayText.Clean(address.GetLeftPart(UriPartial.Path), 300);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout, MaxResponseContentBufferSize = MaxBytes };
        if (token is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public string Name { get; }

    /// <param name="address">Https, or http to a loopback address.</param>
    /// <param name="token">Sent as bearer token; null: none.</param>
    /// <exception cref="GatewayStartException">Another address: heads and token would travel where anybody can change them.</exception>
    public static CheckpointAddress To(Uri address, string? token) =>
        address.IsAbsoluteUri && address.UserInfo.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? new CheckpointAddress(address, token)
            : throw new GatewayStartException($"Checkpoints cannot be published at {DisplayText.Clean(address.ToString(), 200)}: it must be https, or http to this machine, without a name or password in it.");

    public async Task<SignedNote?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(_address, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => SignedNote.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)),
                // Nothing there yet, or a place that its writer cannot read.
                HttpStatusCode.NotFound or HttpStatusCode.NoContent or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed => null,
                var status => throw new CheckpointPlaceException($"{Name} answers {(int)status} to GET"),
            };
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            throw new CheckpointPlaceException($"{Name} cannot be read: {DisplayText.Clean(exception.Message, 300)}", exception);
        }
    }

    public async Task PublishAsync(SignedNote head, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(head.ToString(), Encoding.UTF8, "text/plain");
            using var response = await _http.PutAsync(_address, content, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new CheckpointPlaceException($"{Name} answers {(int)response.StatusCode} to PUT");
            }
        }
        catch (Exception exception) when (IsFailure(exception, cancellationToken))
        {
            throw new CheckpointPlaceException($"{Name} cannot be written: {DisplayText.Clean(exception.Message, 300)}", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or ProofFormatException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
